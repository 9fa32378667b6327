/* The workloads as a C program would write them on MIT's GSSAPI: what every other contender is divided by. */
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  size_t length;
  void *value;
} Buffer;

typedef struct {
  uint32_t length;
  const void *elements;
} Oid;

typedef struct {
  size_t count;
  const Oid *elements;
} OidSet;

typedef struct {
  uint32_t type;
  Buffer buffer;
} Part;

enum {
  INITIATE = 1,
  ACCEPT = 2,
  CONTINUE_NEEDED = 1,
  /* mutual, replay, sequence, confidentiality, integrity */
  FLAGS = 0x3e,
  PART_DATA = 1,
  PART_HEADER = 2
};

/* MIT's own headers are not required. */
static struct {
  uint32_t (*importName)(uint32_t *, Buffer *, const Oid *, void **);
  uint32_t (*acquire)(uint32_t *, void *, uint32_t, const OidSet *, int, void **, OidSet **, uint32_t *);
  uint32_t (*inquire)(uint32_t *, void *, void **, uint32_t *, int *, OidSet **);
  uint32_t (*initialize)(uint32_t *, void *, void **, void *, const Oid *, uint32_t, uint32_t, void *, Buffer *,
                         Oid **, Buffer *, uint32_t *, uint32_t *);
  uint32_t (*accept)(uint32_t *, void **, void *, Buffer *, void *, void **, Oid **, Buffer *, uint32_t *, uint32_t *,
                     void **);
  uint32_t (*wrap)(uint32_t *, void *, int, uint32_t, int *, Part *, int);
  uint32_t (*unwrap)(uint32_t *, void *, int *, uint32_t *, Part *, int);
  uint32_t (*releaseBuffer)(uint32_t *, Buffer *);
  uint32_t (*releaseName)(uint32_t *, void **);
  uint32_t (*releaseCredential)(uint32_t *, void **);
  uint32_t (*deleteContext)(uint32_t *, void **, Buffer *);
} gss;

static const char *const names[] = {
    "gss_import_name",  "gss_acquire_cred", "gss_inquire_cred", "gss_init_sec_context", "gss_accept_sec_context",
    "gss_wrap_iov",     "gss_unwrap_iov",   "gss_release_buffer", "gss_release_name",   "gss_release_cred",
    "gss_delete_sec_context",
};

static const Oid kerberos = {9, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};
static const Oid spnego = {6, "\x2b\x06\x01\x05\x05\x02"};
static const Oid principal = {10, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01"};
static const Oid *mechanism = &kerberos;

typedef struct {
  void *client, *server;
} Pair;

static Pair established;
/* Whose tickets there are. */
static void *user;

/* 0 on success, as everything here. */
int gssapiLoad(const char *soname, int negotiate) {
  if (negotiate) mechanism = &spnego;
  void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
  if (!library) return 1;
  for (size_t i = 0; i < sizeof names / sizeof *names; i += 1)
    if (!(((void **)&gss)[i] = dlsym(library, names[i]))) return 1;
  return 0;
}

/* A client goes on as the user that it has begun as, whatever becomes of the cache. */
static uint32_t findUser(void) {
  uint32_t minor;
  void *credential = NULL;
  const OidSet mechanisms = {1, &kerberos};
  if (user) return 0;
  uint32_t major = gss.acquire(&minor, NULL, UINT32_MAX, &mechanisms, INITIATE, &credential, NULL, NULL);
  if (!major) major = gss.inquire(&minor, credential, &user, NULL, NULL, NULL);
  gss.releaseCredential(&minor, &credential);
  return major;
}

static uint32_t clientLeg(void *credential, void **context, void *target, Buffer *input, Buffer *output) {
  uint32_t minor, flags, lifetime;
  Oid *actual;
  return gss.initialize(&minor, credential, context, target, mechanism, FLAGS, 0, NULL, input, &actual, output, &flags,
                        &lifetime);
}

static uint32_t serverLeg(void *credential, void **context, Buffer *input, Buffer *output) {
  uint32_t minor, flags, lifetime;
  void *client = NULL, *delegated = NULL;
  Oid *actual;
  uint32_t major = gss.accept(&minor, context, credential, input, NULL, &client, &actual, output, &flags, &lifetime,
                              &delegated);
  gss.releaseName(&minor, &client);
  gss.releaseCredential(&minor, &delegated);
  return major;
}

/*
 * A credential for each context, since MIT locks one for as long as a leg takes; a target without a realm, which
 * DNS has no say in.
 */
static int handshake(Pair *pair) {
  uint32_t minor;
  const OidSet mechanisms = {1, mechanism};
  Buffer service = {15, "HTTP/localhost@"}, hello = {0, NULL}, answer = {0, NULL}, end = {0, NULL};
  void *outbound = NULL, *inbound = NULL, *target = NULL;
  pair->client = pair->server = NULL;
  int failed = gss.importName(&minor, &service, &principal, &target) ||
               findUser() || gss.acquire(&minor, user, UINT32_MAX, &mechanisms, INITIATE, &outbound, NULL, NULL) ||
               gss.acquire(&minor, NULL, UINT32_MAX, &mechanisms, ACCEPT, &inbound, NULL, NULL) ||
               clientLeg(outbound, &pair->client, target, NULL, &hello) != CONTINUE_NEEDED ||
               serverLeg(inbound, &pair->server, &hello, &answer) ||
               clientLeg(outbound, &pair->client, target, &answer, &end) || end.length;
  Buffer *tokens[] = {&hello, &answer, &end};
  for (int i = 0; i < 3; i += 1) gss.releaseBuffer(&minor, tokens[i]);
  gss.releaseName(&minor, &target);
  gss.releaseCredential(&minor, &outbound);
  gss.releaseCredential(&minor, &inbound);
  return failed;
}

int gssapiHandshakes(int count) {
  int failed = 0;
  for (int i = 0; i < count && !failed; i += 1) {
    Pair pair;
    uint32_t minor;
    failed = handshake(&pair);
    gss.deleteContext(&minor, &pair.client, NULL);
    gss.deleteContext(&minor, &pair.server, NULL);
  }
  return failed;
}

int gssapiEstablish(void) { return handshake(&established); }

/* The context of one side. */
void *gssapiEstablished(int server) { return server ? established.server : established.client; }

void gssapiClose(void) {
  uint32_t minor;
  gss.deleteContext(&minor, &established.client, NULL);
  gss.deleteContext(&minor, &established.server, NULL);
}

/* The token is what comes first, the message what follows; in place, as SSPI has it. */
int gssapiProtect(int count, uint8_t *bytes, uint32_t token, uint32_t size) {
  for (int i = 0; i < count; i += 1) {
    Part parts[2] = {{PART_HEADER, {token, bytes}}, {PART_DATA, {size, bytes + token}}};
    uint32_t minor, quality;
    int sealed = 0;
    if (gss.wrap(&minor, established.client, 1, 0, &sealed, parts, 2) || !sealed) return 1;
    if (gss.unwrap(&minor, established.server, &sealed, &quality, parts, 2) || !sealed) return 2;
  }
  return 0;
}
