/* What the native contenders need of sspi.h, as WinPR lays it out: WinPR's own headers are not required. */
#ifndef SSPI_SUBSET_H
#define SSPI_SUBSET_H

#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
  uintptr_t lower, upper;
} SecHandle;

typedef struct {
  uint32_t size, type;
  void *bytes;
} SecBuffer;

typedef struct {
  uint32_t version, count;
  SecBuffer *buffers;
} SecBufferDesc;

typedef struct {
  uint32_t maxToken, maxSignature, blockSize, securityTrailer;
} Sizes;

typedef struct {
  const uint16_t *user;
  uint32_t userLength;
  const uint16_t *domain;
  uint32_t domainLength;
  const uint16_t *password;
  uint32_t passwordLength;
  uint32_t flags;
} Identity;

enum {
  INBOUND = 1,
  OUTBOUND = 2,
  UNICODE_IDENTITY = 2,
  BUFFER_EMPTY = 0,
  BUFFER_DATA = 1,
  BUFFER_TOKEN = 2,
  REQ_CONFIDENTIALITY = 0x10,
  NATIVE_DREP = 0x10,
  ATTR_SIZES = 0,
  ATTR_SAM_FILE = 1004,
  I_CONTINUE_NEEDED = 0x90312,
  I_COMPLETE_NEEDED = 0x90313,
  I_COMPLETE_AND_CONTINUE = 0x90314,
  MAX_TOKEN = 2888
};

static struct {
  int32_t (*acquire)(const uint16_t *, const uint16_t *, uint32_t, void *, const void *, void *, void *, SecHandle *,
                     uint64_t *);
  int32_t (*initialize)(const SecHandle *, SecHandle *, const uint16_t *, uint32_t, uint32_t, uint32_t,
                        SecBufferDesc *, uint32_t, SecHandle *, SecBufferDesc *, uint32_t *, uint64_t *);
  int32_t (*accept)(const SecHandle *, SecHandle *, SecBufferDesc *, uint32_t, uint32_t, SecHandle *,
                    SecBufferDesc *, uint32_t *, uint64_t *);
  int32_t (*complete)(SecHandle *, SecBufferDesc *);
  int32_t (*setAttribute)(SecHandle *, uint32_t, const void *, uint32_t);
  int32_t (*query)(SecHandle *, uint32_t, void *);
  int32_t (*encrypt)(SecHandle *, uint32_t, SecBufferDesc *, uint32_t);
  int32_t (*decrypt)(SecHandle *, SecBufferDesc *, uint32_t, uint32_t *);
  int32_t (*deleteContext)(SecHandle *);
  int32_t (*freeCredentials)(SecHandle *);
} sspi;

static const struct {
  const char *name;
  size_t slot;
} sspiNames[] = {
    {"AcquireCredentialsHandleW", 0},  {"InitializeSecurityContextW", 1}, {"AcceptSecurityContext", 2},
    {"CompleteAuthToken", 3},          {"SetContextAttributesW", 4},      {"QueryContextAttributesW", 5},
    {"EncryptMessage", 6},             {"DecryptMessage", 7},             {"DeleteSecurityContext", 8},
    {"FreeCredentialsHandle", 9},
};

/* 0, or 1 where the library or one of its functions is missing. */
static int loadSspi(const char *soname) {
  void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
  if (!library) return 1;
  for (size_t i = 0; i < sizeof sspiNames / sizeof *sspiNames; i += 1) {
    void *function = dlsym(library, sspiNames[i].name);
    if (!function) return 1;
    memcpy((char *)&sspi + sspiNames[i].slot * sizeof(void *), &function, sizeof function);
  }
  return 0;
}

#endif
