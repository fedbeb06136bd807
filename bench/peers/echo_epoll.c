/*
 * TCP echo, or a quote with `quote`, in C: one thread, edge-triggered epoll.
 *
 *   echo_epoll echo|quote PORT
 *
 * What a server on this kernel can do without a runtime in between. Build: cc -O2 -o echo_epoll echo_epoll.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 512
#define BUFFER 65536

static const char quote[] = "The wren earns his living, noiselessly. (Chinese proverb)\r\n";
static char buffer[BUFFER];

/* What a client did not take yet; only a connection whose socket is full has any. */
struct client {
  int fd;
  size_t from, to;
  char *rest;
};

static void leave(struct client *c) {
  close(c->fd);
  free(c->rest);
  free(c);
}

/* Sends what is left over. Returns 1 when all of it is out, 0 when the socket is full, -1 when the client is gone. */
static int flush(struct client *c) {
  while (c->from < c->to) {
    ssize_t r = send(c->fd, c->rest + c->from, c->to - c->from, MSG_NOSIGNAL);
    if (r < 0) return errno == EAGAIN ? 0 : -1;
    c->from += r;
  }
  return 1;
}

static void echo(struct client *c) {
  int flushed = flush(c);
  while (flushed > 0) {
    ssize_t r = recv(c->fd, buffer, BUFFER, 0);
    if (r < 0 && errno == EAGAIN) return;
    if (r <= 0) return leave(c);
    ssize_t w = send(c->fd, buffer, r, MSG_NOSIGNAL);
    if (w < r) {
      if (w < 0 && errno != EAGAIN) return leave(c);
      if (w < 0) w = 0;
      if (!c->rest) c->rest = malloc(BUFFER);
      memcpy(c->rest, buffer + w, r - w);
      c->from = 0, c->to = r - w, flushed = flush(c);
    } else if (r < BUFFER) return; /* drained: new bytes bring a new event */
  }
  if (flushed < 0) leave(c);
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: echo_epoll echo|quote PORT\n"), 2;
  int quotes = !strcmp(argv[1], "quote"), one = 1;
  signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 4096)) return perror("bind"), 1;
  int ep = epoll_create1(0);
  struct epoll_event events[EVENTS], ev = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(ep, EPOLL_CTL_ADD, listener, &ev);
  for (;;) {
    int n = epoll_wait(ep, events, EVENTS, -1);
    for (int i = 0; i < n; i++) {
      if (events[i].data.ptr) {
        echo(events[i].data.ptr);
        continue;
      }
      for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (quotes) {
          send(fd, quote, sizeof quote - 1, MSG_NOSIGNAL);
          close(fd);
          continue;
        }
        struct client *c = calloc(1, sizeof *c);
        c->fd = fd;
        ev.events = EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP, ev.data.ptr = c;
        epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
      }
    }
  }
}
