/* The same SSPI as a Node-API addon, as one would write it: handles are externals with finalizers, bytes are Buffers,
   answers are objects. */
#define NAPI_VERSION 8
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>

#include "sspi-subset.h"

typedef struct {
  SecHandle handle;
  int held;
  int32_t (*release)(SecHandle *);
} Handle;

static napi_value fail(napi_env env, const char *what, int32_t status) {
  char message[96];
  snprintf(message, sizeof message, "%s: 0x%08x", what, (uint32_t)status);
  napi_throw_error(env, NULL, message);
  return NULL;
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  Handle *handle = data;
  if (handle->held) handle->release(&handle->handle);
  free(handle);
}

static Handle *newHandle(int32_t (*release)(SecHandle *)) {
  Handle *handle = calloc(1, sizeof *handle);
  handle->release = release;
  return handle;
}

/* NULL for null and undefined. */
static Handle *handleOf(napi_env env, napi_value value) {
  napi_valuetype type;
  void *data = NULL;
  if (napi_typeof(env, value, &type) == napi_ok && type == napi_external) napi_get_value_external(env, value, &data);
  return data;
}

static uint32_t textOf(napi_env env, napi_value value, uint16_t *text, size_t capacity) {
  size_t length = 0;
  napi_get_value_string_utf16(env, value, (char16_t *)text, capacity, &length);
  return (uint32_t)length;
}

static void bytesOf(napi_env env, napi_value value, SecBuffer *buffer, uint32_t type) {
  void *bytes = NULL;
  size_t size = 0;
  napi_get_buffer_info(env, value, &bytes, &size);
  *buffer = (SecBuffer){(uint32_t)size, type, bytes};
}

/* acquire(package, use, user?, domain?, password?): external */
static napi_value acquire(napi_env env, napi_callback_info info) {
  napi_value args[5], external;
  size_t count = 5;
  uint16_t package[64], user[256], domain[256], password[256];
  uint32_t use = 0;
  uint64_t expiry = 0;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  textOf(env, args[0], package, 64);
  napi_get_value_uint32(env, args[1], &use);
  Identity identity = {0};
  if (count == 5)
    identity = (Identity){user,     textOf(env, args[2], user, 256),     domain,          textOf(env, args[3], domain, 256),
                          password, textOf(env, args[4], password, 256), UNICODE_IDENTITY};
  Handle *credential = newHandle(sspi.freeCredentials);
  int32_t status = sspi.acquire(NULL, package, use, NULL, count == 5 ? &identity : NULL, NULL, NULL,
                                &credential->handle, &expiry);
  if (count == 5) explicit_bzero(password, sizeof password);
  credential->held = status >= 0;
  if (status < 0) {
    free(credential);
    return fail(env, "AcquireCredentialsHandleW", status);
  }
  napi_create_external(env, credential, finalize, NULL, &external);
  return external;
}

/* { status, context, token } */
static napi_value answer(napi_env env, int32_t status, napi_value external, Handle *context, SecBufferDesc *outputs) {
  napi_value result, code, token;
  if (status < 0) return fail(env, "leg", status);
  if (status == I_COMPLETE_NEEDED || status == I_COMPLETE_AND_CONTINUE) {
    int32_t completed = sspi.complete(&context->handle, outputs);
    if (completed < 0) return fail(env, "CompleteAuthToken", completed);
    status = status == I_COMPLETE_NEEDED ? 0 : I_CONTINUE_NEEDED;
  }
  napi_create_object(env, &result);
  napi_create_int32(env, status, &code);
  napi_create_buffer_copy(env, outputs->buffers[0].size, outputs->buffers[0].bytes, NULL, &token);
  napi_set_named_property(env, result, "status", code);
  napi_set_named_property(env, result, "context", external);
  napi_set_named_property(env, result, "token", token);
  return result;
}

/* The context of the arguments, or a new one in `external`; `existing` is what the native call gets. */
static Handle *contextOf(napi_env env, napi_value *external, SecHandle **existing) {
  Handle *context = handleOf(env, *external);
  *existing = context ? &context->handle : NULL;
  if (context) return context;
  context = newHandle(sspi.deleteContext);
  napi_create_external(env, context, finalize, NULL, external);
  return context;
}

/* initialize(credential, context, target, flags, token): { status, context, token } */
static napi_value initialize(napi_env env, napi_callback_info info) {
  napi_value args[5];
  size_t count = 5;
  uint16_t target[512];
  uint32_t flags = 0, attributes = 0;
  uint64_t expiry = 0;
  uint8_t bytes[MAX_TOKEN];
  SecBuffer output = {MAX_TOKEN, BUFFER_TOKEN, bytes}, input[2] = {{0}, {0, BUFFER_EMPTY, NULL}};
  SecBufferDesc outputs = {0, 1, &output}, inputs = {0, 2, input};
  SecHandle *existing;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  Handle *credential = handleOf(env, args[0]), *context = contextOf(env, &args[1], &existing);
  textOf(env, args[2], target, 512);
  napi_get_value_uint32(env, args[3], &flags);
  if (existing) bytesOf(env, args[4], &input[0], BUFFER_TOKEN);
  int32_t status = sspi.initialize(&credential->handle, existing, target, flags, 0, NATIVE_DREP,
                                   existing ? &inputs : NULL, 0, &context->handle, &outputs, &attributes, &expiry);
  if (status >= 0) context->held = 1;
  return answer(env, status, args[1], context, &outputs);
}

/* accept(credential, context, flags, token): { status, context, token } */
static napi_value accept(napi_env env, napi_callback_info info) {
  napi_value args[4];
  size_t count = 4;
  uint32_t flags = 0, attributes = 0;
  uint64_t expiry = 0;
  uint8_t bytes[MAX_TOKEN];
  SecBuffer output = {MAX_TOKEN, BUFFER_TOKEN, bytes}, input[2] = {{0}, {0, BUFFER_EMPTY, NULL}};
  SecBufferDesc outputs = {0, 1, &output}, inputs = {0, 2, input};
  SecHandle *existing;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  Handle *credential = handleOf(env, args[0]), *context = contextOf(env, &args[1], &existing);
  napi_get_value_uint32(env, args[2], &flags);
  bytesOf(env, args[3], &input[0], BUFFER_TOKEN);
  int32_t status = sspi.accept(&credential->handle, existing, &inputs, flags, NATIVE_DREP, &context->handle, &outputs,
                               &attributes, &expiry);
  if (status >= 0) context->held = 1;
  return answer(env, status, args[1], context, &outputs);
}

/* setSamFile(context, path) */
static napi_value setSamFile(napi_env env, napi_callback_info info) {
  napi_value args[2];
  size_t count = 2, length = 0;
  char path[4096];
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  napi_get_value_string_utf8(env, args[1], path, sizeof path, &length);
  int32_t status = sspi.setAttribute(&handleOf(env, args[0])->handle, ATTR_SAM_FILE, path, (uint32_t)length);
  return status < 0 ? fail(env, "SetContextAttributesW", status) : NULL;
}

/* Arguments of encrypt and decrypt: context, token, data. */
static Handle *messageOf(napi_env env, napi_callback_info info, SecBuffer *buffers) {
  napi_value args[3];
  size_t count = 3;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  bytesOf(env, args[1], &buffers[0], BUFFER_TOKEN);
  bytesOf(env, args[2], &buffers[1], BUFFER_DATA);
  return handleOf(env, args[0]);
}

static napi_value encrypt(napi_env env, napi_callback_info info) {
  napi_value used;
  SecBuffer buffers[2];
  SecBufferDesc message = {0, 2, buffers};
  Handle *context = messageOf(env, info, buffers);
  int32_t status = sspi.encrypt(&context->handle, 0, &message, 0);
  if (status < 0) return fail(env, "EncryptMessage", status);
  napi_create_uint32(env, buffers[0].size, &used);
  return used;
}

static napi_value decrypt(napi_env env, napi_callback_info info) {
  napi_value plain;
  SecBuffer buffers[2];
  SecBufferDesc message = {0, 2, buffers};
  uint32_t quality = 0;
  Handle *context = messageOf(env, info, buffers);
  int32_t status = sspi.decrypt(&context->handle, &message, 0, &quality);
  if (status < 0) return fail(env, "DecryptMessage", status);
  napi_create_uint32(env, buffers[1].size, &plain);
  return plain;
}

static napi_value sizes(napi_env env, napi_callback_info info) {
  static const char *const names[] = {"maxToken", "maxSignature", "blockSize", "securityTrailer"};
  napi_value context, result, value;
  size_t count = 1;
  uint32_t fields[4] = {0};
  napi_get_cb_info(env, info, &count, &context, NULL, NULL);
  int32_t status = sspi.query(&handleOf(env, context)->handle, ATTR_SIZES, fields);
  if (status < 0) return fail(env, "QueryContextAttributesW", status);
  napi_create_object(env, &result);
  for (int i = 0; i < 4; i += 1) {
    napi_create_uint32(env, fields[i], &value);
    napi_set_named_property(env, result, names[i], value);
  }
  return result;
}

/* release(handle) */
static napi_value release(napi_env env, napi_callback_info info) {
  napi_value external;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &external, NULL, NULL);
  Handle *handle = handleOf(env, external);
  if (handle->held) handle->release(&handle->handle);
  handle->held = 0;
  return NULL;
}

static napi_value load(napi_env env, napi_callback_info info) {
  napi_value argument;
  size_t count = 1, length = 0;
  char soname[256];
  napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
  napi_get_value_string_utf8(env, argument, soname, sizeof soname, &length);
  return loadSspi(soname) ? fail(env, "dlopen", 0) : NULL;
}

NAPI_MODULE_INIT() {
  const struct {
    const char *name;
    napi_callback call;
  } functions[] = {{"load", load},       {"acquire", acquire}, {"initialize", initialize}, {"accept", accept},
                   {"encrypt", encrypt}, {"decrypt", decrypt}, {"setSamFile", setSamFile}, {"sizes", sizes},
                   {"release", release}};
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i += 1) {
    napi_value function;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, NULL, &function);
    napi_set_named_property(env, exports, functions[i].name, function);
  }
  return exports;
}
