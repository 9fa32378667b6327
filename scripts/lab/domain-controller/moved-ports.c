/* A preloaded library that makes a server listen on other ports: MOVED_PORTS is "389=40389,3268=43268". */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static in_port_t moved(in_port_t port) {
  for (const char *rule = getenv("MOVED_PORTS"); rule != NULL; rule = strchr(rule, ',')) {
    char *end;
    if (*rule == ',') rule++;
    if (strtoul(rule, &end, 10) == ntohs(port) && *end == '=') return htons((in_port_t)strtoul(end + 1, NULL, 10));
  }
  return port;
}

int bind(int socket, const struct sockaddr *address, socklen_t length) {
  int (*next)(int, const struct sockaddr *, socklen_t) = (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "bind");
  struct sockaddr_in inet;
  if (address->sa_family != AF_INET || length != sizeof inet) return next(socket, address, length);
  memcpy(&inet, address, sizeof inet);
  inet.sin_port = moved(inet.sin_port);
  return next(socket, (struct sockaddr *)&inet, sizeof inet);
}
