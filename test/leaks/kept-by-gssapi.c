/*
 * What scanned-process.ts does, without this library: gets tickets by MIT's GSSAPI with a password, by its functions
 * alone. The secret comes on descriptor 3; the user and the realm are the first argument.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { secret_size = 40, initiate = 1 };

typedef struct { size_t length; void *value; } buffer;
typedef struct { uint32_t length; void *elements; } oid;

static void wait_as(const char *what) {
  char line[16];
  printf("%s\n", what);
  fflush(stdout);
  if (!fgets(line, sizeof line, stdin)) _exit(3);
}

#define FUNCTION(library, name) *(void **)&name = dlsym(library, #name); if (!name) return 2

int main(int count, char **arguments) {
  uint32_t (*gss_import_name)(uint32_t *, buffer *, oid *, void **);
  uint32_t (*gss_acquire_cred_with_password)(uint32_t *, void *, buffer *, uint32_t, void *, int, void **, void *, void *);
  uint32_t (*gss_release_cred)(uint32_t *, void **);
  uint32_t (*gss_release_name)(uint32_t *, void **);
  void *library = dlopen("libgssapi_krb5.so.2", RTLD_NOW), *name = 0, *credential = 0;
  if (count < 2 || !library) return 2;
  FUNCTION(library, gss_import_name);
  FUNCTION(library, gss_acquire_cred_with_password);
  FUNCTION(library, gss_release_cred);
  FUNCTION(library, gss_release_name);
  char secret[secret_size];
  if (read(3, secret, secret_size) != secret_size) return 2;
  wait_as("given");
  uint32_t minor;
  buffer user = {strlen(arguments[1]), arguments[1]}, password = {secret_size, secret};
  oid principal = {10, "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01"};
  if (gss_import_name(&minor, &user, &principal, &name)) return 4;
  if (gss_acquire_cred_with_password(&minor, name, &password, 0, 0, initiate, &credential, 0, 0)) return 5;
  wait_as("open");
  gss_release_cred(&minor, &credential);
  gss_release_name(&minor, &name);
  explicit_bzero(secret, secret_size);
  wait_as("closed");
  return 0;
}
