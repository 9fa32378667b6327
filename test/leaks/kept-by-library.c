/*
 * What scanned-process.ts does, without this library: logs on with NTLM of an SSPI library, by its functions alone. The
 * secret comes on descriptor 3, the peer's tokens through standard input and output, in hexadecimal digits.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { secret_size = 40, room_size = 0x4000 };

typedef struct { uintptr_t lower, upper; } handle;
typedef struct { uint32_t size, type; void *bytes; } buffer;
typedef struct { uint32_t version, count; buffer *buffers; } buffer_list;
typedef struct {
  uint16_t *user;
  uint32_t user_length;
  uint16_t *domain;
  uint32_t domain_length;
  uint16_t *password;
  uint32_t password_length, flags;
} identity;

typedef int32_t acquire_function(uint16_t *, uint16_t *, uint32_t, void *, void *, void *, void *, handle *, void *);
typedef int32_t step_function(handle *, handle *, uint16_t *, uint32_t, uint32_t, uint32_t, buffer_list *, uint32_t,
                              handle *, buffer_list *, uint32_t *, void *);
typedef int32_t release_function(handle *);

/* SecurityFunctionTableW of sspi.h, as far as it is needed. */
typedef struct {
  uint32_t version;
  void *enumerate, *query_credential;
  acquire_function *acquire;
  release_function *release;
  void *reserved;
  step_function *step;
  void *accept, *complete;
  release_function *delete;
} function_table;
typedef function_table *init_function(uint32_t);

static uint16_t ntlm[] = {'N', 'T', 'L', 'M', 0}, alice[] = {'a', 'l', 'i', 'c', 'e', 0};
static uint16_t target[] = {'H', 'T', 'T', 'P', '/', 'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't', 0}, nobody[] = {0};
static char line[2 * room_size];

static char *said(const char *what) {
  printf("%s\n", what);
  fflush(stdout);
  return fgets(line, sizeof line, stdin) ? line : exit(1), line;
}

int main(int count, char **arguments) {
  unsigned char secret[secret_size], in[room_size], out[room_size];
  uint16_t wide[secret_size];
  char text[2 * room_size] = "token ";
  uint64_t expiry = 0;
  uint32_t attributes = 0;
  handle credential = {0, 0}, context = {0, 0};
  void *library = count == 2 ? dlopen(arguments[1], RTLD_NOW) : NULL;
  if (!library || read(3, secret, secret_size) != secret_size) return 3;
  init_function *init = (init_function *)dlsym(library, "InitSecurityInterfaceExW");
  function_table *sspi = init ? init(1) : NULL;
  if (!sspi) return 2;

  said("given");
  for (int index = 0; index < secret_size; index++) wide[index] = secret[index];
  identity who = {alice, 5, nobody, 0, wide, secret_size, 2};
  if (sspi->acquire(NULL, ntlm, 2, NULL, &who, NULL, NULL, &credential, &expiry) != 0) return 4;
  explicit_bzero(wide, sizeof wide);
  buffer sent = {room_size, 2, out}, received = {0, 2, in};
  buffer_list outgoing = {0, 1, &sent}, incoming = {0, 1, &received};
  sspi->step(&credential, NULL, target, 0x10, 0, 0x10, NULL, 0, &context, &outgoing, &attributes, &expiry);
  for (uint32_t index = 0; index < sent.size; index++) sprintf(text + 6 + 2 * index, "%02x", out[index]);
  char *challenge = said(text);
  for (unsigned byte; sscanf(challenge, "%2x", &byte) == 1; challenge += 2) in[received.size++] = (unsigned char)byte;
  sent.size = room_size;
  int32_t status = sspi->step(&credential, &context, target, 0x10, 0, 0x10, &incoming, 0, &context, &outgoing, &attributes, &expiry);
  if (status < 0) return 5;
  said("open");
  sspi->delete(&context);
  sspi->release(&credential);
  explicit_bzero(secret, sizeof secret);
  said("closed");
  return 0;
}
