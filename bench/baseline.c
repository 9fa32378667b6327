/* The workloads as a C program would write them: what every other contender is divided by. */
#include "sspi-subset.h"

static const uint16_t *const ntlm = u"NTLM";
static const uint16_t *const target = u"HTTP/localhost";
static const char *samFile;

typedef struct {
  SecHandle clientCredential, serverCredential, client, server;
} Pair;

static Pair established;

/* 0 on success, as everything here. */
int baselineLoad(const char *soname, const char *sam) {
  samFile = strdup(sam);
  return loadSspi(soname);
}

static int32_t acquireClient(SecHandle *credential) {
  const Identity alice = {u"alice", 5, u"", 0, u"userpw", 6, UNICODE_IDENTITY};
  uint64_t expiry = 0;
  return sspi.acquire(NULL, ntlm, OUTBOUND, NULL, &alice, NULL, NULL, credential, &expiry);
}

static int32_t acquireServer(SecHandle *credential) {
  uint64_t expiry = 0;
  return sspi.acquire(NULL, ntlm, INBOUND, NULL, NULL, NULL, NULL, credential, &expiry);
}

static int32_t finish(int32_t status, SecHandle *context, SecBufferDesc *output) {
  if (status != I_COMPLETE_NEEDED && status != I_COMPLETE_AND_CONTINUE) return status;
  int32_t completed = sspi.complete(context, output);
  return completed ? completed : status == I_COMPLETE_NEEDED ? 0 : I_CONTINUE_NEEDED;
}

static int32_t clientLeg(Pair *pair, SecBuffer *input, SecBuffer *output) {
  SecBuffer in[2] = {input ? *input : (SecBuffer){0}, {0, BUFFER_EMPTY, NULL}};
  SecBufferDesc inputs = {0, 2, in}, outputs = {0, 1, output};
  uint32_t attributes = 0;
  uint64_t expiry = 0;
  int32_t status = sspi.initialize(&pair->clientCredential, input ? &pair->client : NULL, target,
                                   REQ_CONFIDENTIALITY, 0, NATIVE_DREP, input ? &inputs : NULL, 0, &pair->client,
                                   &outputs, &attributes, &expiry);
  return finish(status, &pair->client, &outputs);
}

static int32_t serverLeg(Pair *pair, int first, SecBuffer *input, SecBuffer *output) {
  SecBuffer in[2] = {*input, {0, BUFFER_EMPTY, NULL}};
  SecBufferDesc inputs = {0, 2, in}, outputs = {0, 1, output};
  uint32_t attributes = 0;
  uint64_t expiry = 0;
  int32_t status = sspi.accept(&pair->serverCredential, first ? NULL : &pair->server, &inputs, REQ_CONFIDENTIALITY,
                               NATIVE_DREP, &pair->server, &outputs, &attributes, &expiry);
  return finish(status, &pair->server, &outputs);
}

static int handshake(Pair *pair) {
  uint8_t clientBytes[MAX_TOKEN], serverBytes[MAX_TOKEN];
  SecBuffer fromClient = {MAX_TOKEN, BUFFER_TOKEN, clientBytes};
  SecBuffer fromServer = {MAX_TOKEN, BUFFER_TOKEN, serverBytes};
  memset(&pair->client, 0, sizeof pair->client);
  memset(&pair->server, 0, sizeof pair->server);
  if (clientLeg(pair, NULL, &fromClient) != I_CONTINUE_NEEDED) return 1;
  if (serverLeg(pair, 1, &fromClient, &fromServer) != I_CONTINUE_NEEDED) return 2;
  if (sspi.setAttribute(&pair->server, ATTR_SAM_FILE, samFile, (uint32_t)strlen(samFile))) return 3;
  fromClient.size = MAX_TOKEN;
  if (clientLeg(pair, &fromServer, &fromClient)) return 4;
  fromServer.size = MAX_TOKEN;
  return serverLeg(pair, 0, &fromClient, &fromServer) ? 5 : 0;
}

/* `reuse`: one client credential for all of them. */
int baselineHandshakes(int count, int reuse) {
  Pair pair = {0};
  int failed = 0;
  if (reuse && acquireClient(&pair.clientCredential)) return 1;
  for (int i = 0; i < count && !failed; i += 1) {
    if (!reuse) failed |= acquireClient(&pair.clientCredential);
    failed |= acquireServer(&pair.serverCredential);
    failed |= handshake(&pair);
    sspi.deleteContext(&pair.client);
    sspi.deleteContext(&pair.server);
    if (!reuse) sspi.freeCredentials(&pair.clientCredential);
    sspi.freeCredentials(&pair.serverCredential);
  }
  if (reuse) sspi.freeCredentials(&pair.clientCredential);
  return failed;
}

int baselineEstablish(void) {
  return acquireClient(&established.clientCredential) || acquireServer(&established.serverCredential) ||
         handshake(&established);
}

/* The token is the first 16 bytes, the message what follows. */
int baselineProtect(int count, uint8_t *bytes, uint32_t size) {
  for (int i = 0; i < count; i += 1) {
    SecBuffer buffers[2] = {{16, BUFFER_TOKEN, bytes}, {size, BUFFER_DATA, bytes + 16}};
    SecBufferDesc message = {0, 2, buffers};
    uint32_t quality = 0;
    if (sspi.encrypt(&established.client, 0, &message, 0)) return 1;
    if (sspi.decrypt(&established.server, &message, 0, &quality)) return 2;
  }
  return 0;
}

int baselineSizes(int count) {
  Sizes sizes = {0};
  for (int i = 0; i < count; i += 1)
    if (sspi.query(&established.client, ATTR_SIZES, &sizes)) return 1;
  return sizes.securityTrailer == 16 ? 0 : 2;
}
