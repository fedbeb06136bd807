/*
 * UDP echo in C: a plain loop, no more than one datagram a system call.
 *
 *   echo_udp PORT
 *
 * Build: cc -O2 -o echo_udp echo_udp.c
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static char buffer[65536];

int main(int argc, char **argv) {
  if (argc < 2) return fprintf(stderr, "usage: echo_udp PORT\n"), 2;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))}, from;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd, (struct sockaddr *)&at, sizeof at)) return perror("bind"), 1;
  for (;;) {
    socklen_t length = sizeof from;
    ssize_t r = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
    if (r >= 0) sendto(fd, buffer, r, 0, (struct sockaddr *)&from, length);
  }
}
