/*
 * netload - a closed-loop load generator for echo and quote-of-the-day servers.
 *
 *   netload tcp|bulk|udp|ask|once|idle|burst HOST PORT [-c connections] [-s message bytes]
 *           [-p pipeline depth] [-t seconds] [-w warm-up seconds]
 *
 * tcp, udp   echo. Each connection keeps p messages on the way (udp: one): it sends p, then one more for
 *            each one that is back. Every byte of TCP that comes back is compared with the byte sent.
 * bulk       as tcp, but what is sent is not copied (sendfile) and what comes back is thrown away (MSG_TRUNC), not
 *            compared: the least that a load can cost, to find out what a server does when the load is not the limit.
 * ask        UDP quotes: a datagram of s bytes is answered by any datagram.
 * once       TCP quotes: connect, read to end of file, close, again.
 * idle       opens the connections, has one message echoed on each (-s 0: none), prints a line, holds
 *            them in silence for -t seconds, and prints whether the server closed any.
 * burst      opens all connections at once; how long until each has had a message echoed. -t: the deadline.
 *
 * Nothing is sent to anywhere but HOST. Prints one JSON line: messages/s, MiB/s echoed, round-trip times in
 * microseconds, how many messages the least, the median and the most served connection got back (a fair
 * server serves all alike), the longest that any message waited, answered or not, and errors. A datagram
 * that is not back in 200 ms counts as lost and is sent again.
 *
 * A source address has about 28,000 ports, so on 127.0.0.0/8 every 20,000 connections get a source address
 * of their own. Build: cc -O2 -o netload netload.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_DEPTH 1024
#define PER_SOURCE 20000 /* connections */
#define HISTOGRAM 4000000 /* one bucket a microsecond, up to 4 s */
#define PERIOD 65537     /* of the stream that is sent: byte i is pattern[i % PERIOD] */
#define CHUNK 65536
#define LOST_US 200000

struct conn {
  int fd, open, index;
  uint64_t sent, recvd; /* TCP: bytes on this connection */
  uint64_t *stamps;     /* when each message on the way left */
  uint64_t served;      /* messages that came back while measuring */
  uint32_t seq;         /* UDP: number of the datagram on the way */
  uint64_t at;          /* when it left; once, burst: when the connection was begun */
};

static struct addrinfo *target;
static int connections = 50, size = 512, depth = 1;
static double seconds = 5, warmup = 1;

static uint8_t *pattern, buffer[1 << 18];
static uint32_t *histogram;
static uint64_t total, messages, bytes, errors, lost, mismatched, slowest;
static int measuring;
static int file = -1; /* bulk: holds the pattern */

static uint64_t now_us(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (uint64_t)ts.tv_sec * 1000000u + ts.tv_nsec / 1000;
}

static void die(const char *what) {
  perror(what);
  exit(2);
}

static void record(struct conn *k, uint64_t us, uint64_t length) {
  total++;
  if (!measuring) return;
  messages++, k->served++, bytes += length;
  if (us > slowest) slowest = us;
  histogram[us < HISTOGRAM ? us : HISTOGRAM - 1]++;
}

static int quantile(double q) {
  uint64_t goal = (uint64_t)(messages * q), seen = 0;
  for (int i = 0; i < HISTOGRAM; i++)
    if ((seen += histogram[i]) > goal) return i;
  return HISTOGRAM;
}

/* How long this process could have run but had to wait for a core: where that is much, the figures are not the server's. */
static double waited_ms(void) {
  unsigned long long ran, waited = 0;
  FILE *file = fopen("/proc/self/schedstat", "r");
  if (!file) return 0;
  if (fscanf(file, "%llu %llu", &ran, &waited) != 2) waited = 0;
  fclose(file);
  return waited / 1e6;
}

/* A non-blocking socket, from a source address that has ports left. */
static int make_socket(int type, int index) {
  int fd = socket(target->ai_family, type | SOCK_NONBLOCK, 0), one = 1;
  if (fd < 0) die("socket");
  if (type == SOCK_STREAM) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct sockaddr_in *to = (struct sockaddr_in *)target->ai_addr;
  if (connections > PER_SOURCE && to->sin_family == AF_INET && ntohl(to->sin_addr.s_addr) >> 24 == 127) {
    struct sockaddr_in from = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + index / PER_SOURCE);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&from, sizeof from)) die("bind");
  }
  return fd;
}

/* Begins a connection; TCP completes it later. */
static void dial(int ep, struct conn *k, int type, uint32_t events) {
  k->fd = make_socket(type, k->index);
  k->open = 1, k->sent = k->recvd = 0, k->at = now_us();
  if (connect(k->fd, target->ai_addr, target->ai_addrlen) && errno != EINPROGRESS) die("connect");
  struct epoll_event ev = {.events = events, .data.ptr = k};
  epoll_ctl(ep, EPOLL_CTL_ADD, k->fd, &ev);
}

static void fail(struct conn *k) {
  errors++, k->open = 0;
  close(k->fd);
}

/* Waits until the connection stands, so that no more than one at a time is on the way. */
static void wait_connected(struct conn *k) {
  struct pollfd p = {.fd = k->fd, .events = POLLOUT};
  int error = 0;
  socklen_t length = sizeof error;
  poll(&p, 1, 10000);
  getsockopt(k->fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (!error && p.revents & POLLOUT) return;
  errno = error ? error : ETIMEDOUT;
  die("connect");
}

static struct conn *make_conns(void) {
  struct conn *all = calloc(connections, sizeof *all);
  uint64_t *stamps = calloc((size_t)connections * depth, sizeof *stamps);
  for (int i = 0; i < connections; i++) all[i].index = i, all[i].stamps = stamps + (size_t)i * depth;
  return all;
}

/* TCP echo: sends as much as may be on the way. */
static void fill(struct conn *k) {
  uint64_t limit = k->recvd + (uint64_t)size * depth;
  while (k->sent < limit) {
    size_t length = limit - k->sent > CHUNK ? CHUNK : limit - k->sent;
    off_t at = k->sent % PERIOD;
    ssize_t r = file < 0 ? send(k->fd, pattern + at, length, MSG_NOSIGNAL) : sendfile(k->fd, file, &at, length);
    if (r < 0) {
      if (errno != EAGAIN) fail(k);
      return;
    }
    uint64_t stamp = now_us(), done = k->sent / size;
    k->sent += r;
    for (uint64_t m = done; m < k->sent / size; m++) k->stamps[m % depth] = stamp;
  }
}

/* TCP echo: reads, compares, and returns whether there may be more. */
static int drain(struct conn *k) {
  ssize_t r = recv(k->fd, buffer, sizeof buffer, file < 0 ? 0 : MSG_TRUNC);
  if (r <= 0) {
    if (r == 0 || errno != EAGAIN) fail(k);
    return 0;
  }
  for (ssize_t at = 0; at < r && file < 0; at += CHUNK) {
    size_t length = r - at > CHUNK ? CHUNK : r - at;
    if (memcmp(buffer + at, pattern + (k->recvd + at) % PERIOD, length)) mismatched++;
  }
  uint64_t from = k->recvd / size, now = now_us();
  k->recvd += r;
  for (uint64_t m = from; m < k->recvd / size; m++) record(k, now - k->stamps[m % depth], size);
  return r == sizeof buffer;
}

static void on_stream(struct conn *k, uint32_t events) {
  int more = events & (EPOLLIN | EPOLLHUP | EPOLLERR);
  do {
    if (more) more = drain(k);
    if (k->open) fill(k);
  } while (more && k->open);
}

static void send_datagram(struct conn *k, uint64_t now) {
  memcpy(pattern, &k->seq, sizeof k->seq);
  k->at = now;
  if (send(k->fd, pattern, size, 0) < 0) errors++;
}

static void on_datagram(struct conn *k, int echo) {
  ssize_t r = recv(k->fd, buffer, sizeof buffer, 0);
  if (r < 0) {
    if (errno != EAGAIN) errors++;
    return;
  }
  if (echo) {
    if (r != size) { mismatched++; return; }
    if (memcmp(buffer, &k->seq, sizeof k->seq)) return; /* late: counted as lost before */
    if (memcmp(buffer + 4, pattern + 4, size - 4)) mismatched++;
  }
  uint64_t now = now_us();
  record(k, now - k->at, r);
  k->seq++;
  send_datagram(k, now);
}

/* Gives up on datagrams that are not back in time. */
static void send_again(struct conn *all, uint64_t now) {
  for (int i = 0; i < connections; i++) {
    if (now - all[i].at <= LOST_US) continue;
    if (measuring) lost++;
    all[i].seq++;
    send_datagram(&all[i], now);
  }
}

static void on_quote(int ep, struct conn *k) {
  ssize_t r;
  while ((r = recv(k->fd, buffer, 4096, 0)) > 0) k->recvd += r;
  if (r < 0 && errno == EAGAIN) return;
  if (r < 0) errors++;
  else if (k->recvd == 0) mismatched++; /* an empty quote */
  else record(k, now_us() - k->at, k->recvd);
  close(k->fd);
  dial(ep, k, SOCK_STREAM, EPOLLIN | EPOLLRDHUP);
}

static int by_served(const void *a, const void *b) {
  uint64_t x = ((const struct conn *)a)->served, y = ((const struct conn *)b)->served;
  return (x > y) - (x < y);
}

/* The processor time that this program has used, in seconds. */
static double cpu_s(void) {
  struct rusage r;
  getrusage(RUSAGE_SELF, &r);
  return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static int run(const char *mode) {
  int echo = !strcmp(mode, "udp"), udp = echo || !strcmp(mode, "ask"), once = !strcmp(mode, "once");
  int ep = epoll_create1(0);
  struct conn *all = make_conns();
  uint64_t start = now_us();
  for (int i = 0; i < connections; i++) {
    dial(ep, &all[i], udp ? SOCK_DGRAM : SOCK_STREAM,
         udp ? EPOLLIN : once ? EPOLLIN | EPOLLRDHUP : EPOLLIN | EPOLLOUT | EPOLLET);
    if (!udp && !once) wait_connected(&all[i]);
  }
  double connect_ms = (now_us() - start) / 1e3;
  for (int i = 0; udp && i < connections; i++) send_datagram(&all[i], now_us());

  double waited = 0, cpu = 0;
  uint64_t begin = now_us() + warmup * 1e6, end = begin + seconds * 1e6, swept = start, now;
  while ((now = now_us()) < end) {
    if (!measuring && now >= begin) measuring = 1, begin = now, waited = waited_ms(), cpu = cpu_s();
    struct epoll_event events[512];
    int n = epoll_wait(ep, events, 512, 10);
    for (int e = 0; e < n; e++) {
      struct conn *k = events[e].data.ptr;
      if (!k->open) continue;
      if (udp) on_datagram(k, echo);
      else if (once) on_quote(ep, k);
      else on_stream(k, events[e].events);
    }
    if (udp && now_us() - swept > LOST_US / 4) send_again(all, swept = now_us());
  }
  now = now_us(), waited = waited_ms() - waited;
  double took = (now - begin) / 1e6;
  for (int i = 0; i < connections; i++) { /* what is still on the way has waited, too */
    struct conn *k = &all[i];
    uint64_t since = udp || once ? k->at : k->sent >= (uint64_t)size ? k->stamps[k->recvd / size % depth] : start;
    if (k->open && since < now && now - since > slowest) slowest = now - since;
  }
  qsort(all, connections, sizeof *all, by_served);
  printf("{\"mode\":\"%s\",\"connections\":%d,\"size\":%d,\"depth\":%d,\"seconds\":%.2f,\"connect_ms\":%.1f,"
         "\"msg_per_s\":%.0f,\"mib_per_s\":%.1f,\"p50_us\":%d,\"p99_us\":%d,\"p999_us\":%d,\"slowest_us\":%lu,"
         "\"least_served\":%lu,\"median_served\":%lu,\"most_served\":%lu,\"total\":%lu,"
         "\"lost\":%lu,\"mismatched\":%lu,\"errors\":%lu,\"waited_ms\":%.1f,\"cpu_s\":%.3f}\n",
         mode, connections, size, depth, took, connect_ms, messages / took, bytes / took / 1048576, quantile(.5),
         quantile(.99), quantile(.999), (unsigned long)slowest, (unsigned long)all[0].served,
         (unsigned long)all[connections / 2].served, (unsigned long)all[connections - 1].served, (unsigned long)total,
         (unsigned long)lost, (unsigned long)mismatched, (unsigned long)errors, waited, cpu_s() - cpu);
  return mismatched || errors ? 1 : 0;
}

/* Has one message echoed on each connection; returns on how many it was, before the deadline. */
static int first_echoes(int ep, struct conn *all, int count, uint64_t deadline, double *connected_ms) {
  uint64_t start = now_us(), now;
  int pending = count, echoed = 0;
  for (int i = 0; i < count; i++) dial(ep, &all[i], SOCK_STREAM, EPOLLIN | EPOLLOUT | EPOLLET);
  while (pending > 0 && (now = now_us()) < deadline) {
    struct epoll_event events[512];
    int n = epoll_wait(ep, events, 512, 10);
    for (int e = 0; e < n; e++) {
      struct conn *k = events[e].data.ptr;
      if (!k->open || (k->recvd >= (uint64_t)size && k->sent)) continue;
      if (events[e].events & EPOLLERR) fail(k);
      else if (k->sent == 0) {
        *connected_ms = (now_us() - start) / 1e3;
        if (size == 0 || send(k->fd, pattern, size, MSG_NOSIGNAL) == size) k->sent = 1;
        else fail(k);
      }
      if (k->open && k->recvd < (uint64_t)size) {
        ssize_t r = recv(k->fd, buffer, size, 0);
        if (r > 0) k->recvd += r;
        else if (r == 0 || errno != EAGAIN) fail(k);
      }
      if (!k->open) pending--;
      else if (k->sent && k->recvd == (uint64_t)size) pending--, echoed++, record(k, now_us() - k->at, size);
    }
  }
  return echoed;
}

static int run_burst(void) {
  struct conn *all = make_conns();
  double connected_ms = 0;
  measuring = 1;
  uint64_t start = now_us();
  int echoed = first_echoes(epoll_create1(0), all, connections, start + seconds * 1e6, &connected_ms);
  printf("{\"mode\":\"burst\",\"connections\":%d,\"connected_ms\":%.1f,\"echoed_ms\":%.1f,\"p50_us\":%d,\"p99_us\":%d,"
         "\"unanswered\":%d,\"errors\":%lu}\n",
         connections, connected_ms, (now_us() - start) / 1e3, quantile(.5), quantile(.99), connections - echoed,
         (unsigned long)errors);
  return echoed < connections;
}

static int run_idle(void) {
  struct conn *all = make_conns();
  int ep = epoll_create1(0), closed = 0;
  double connected_ms;
  uint64_t start = now_us();
  /* In groups that fit into a backlog, so that none waits for a second try. */
  for (int from = 0; from < connections; from += 100) {
    int count = connections - from > 100 ? 100 : connections - from;
    if (first_echoes(ep, all + from, count, now_us() + 10000000, &connected_ms) < count) die("no echo");
  }
  printf("{\"mode\":\"idle\",\"connections\":%d,\"connect_ms\":%.1f}\n", connections, (now_us() - start) / 1e3);
  fflush(stdout);
  usleep(seconds * 1e6);
  for (int i = 0; i < connections; i++) closed += recv(all[i].fd, buffer, 1, 0) >= 0 || errno != EAGAIN;
  printf("{\"mode\":\"idle\",\"connections\":%d,\"closed\":%d}\n", connections, closed);
  return closed != 0;
}

static int usage(void) {
  fprintf(stderr, "usage: netload tcp|bulk|udp|ask|once|idle|burst HOST PORT [-c N] [-s BYTES] [-p DEPTH] [-t S] [-w S]\n");
  return 2;
}

int main(int argc, char **argv) {
  if (argc < 4) return usage();
  const char *mode = argv[1];
  int udp = !strcmp(mode, "udp") || !strcmp(mode, "ask"), held = !strcmp(mode, "idle") || !strcmp(mode, "burst");
  if (!udp && !held && strcmp(mode, "tcp") && strcmp(mode, "bulk") && strcmp(mode, "once")) return usage();
  if (held) size = 64;
  for (int i = 4; i + 1 < argc; i += 2) {
    double v = atof(argv[i + 1]);
    switch (argv[i][1]) {
      case 'c': connections = v; break;
      case 's': size = v; break;
      case 'p': depth = v; break;
      case 't': seconds = v; break;
      case 'w': warmup = v; break;
      default: return usage();
    }
  }
  if (connections < 1 || depth < 1 || depth > MAX_DEPTH || size < !held || (held && size > 4096) ||
      (udp && (depth != 1 || size < 4 || size > 65507))) {
    fprintf(stderr, "netload: out of range\n");
    return 2;
  }
  struct addrinfo hints = {.ai_socktype = udp ? SOCK_DGRAM : SOCK_STREAM};
  if (getaddrinfo(argv[2], argv[3], &hints, &target)) die("getaddrinfo");
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  pattern = malloc(PERIOD + CHUNK);
  uint32_t x = 2463534242u;
  for (int i = 0; i < PERIOD; i++) {
    x ^= x << 13, x ^= x >> 17, x ^= x << 5;
    pattern[i] = x;
  }
  memcpy(pattern + PERIOD, pattern, CHUNK);
  if (!strcmp(mode, "bulk")) {
    signal(SIGPIPE, SIG_IGN); /* sendfile has no MSG_NOSIGNAL */
    file = memfd_create("pattern", 0);
    if (file < 0 || write(file, pattern, PERIOD + CHUNK) != PERIOD + CHUNK) die("memfd");
  }
  histogram = calloc(HISTOGRAM, sizeof *histogram);
  return !strcmp(mode, "idle") ? run_idle() : !strcmp(mode, "burst") ? run_burst() : run(mode);
}
