/*
 * core_distance - how long a cache line takes from one core to another and back, in nanoseconds.
 *
 *   core_distance CORE CORE
 *
 * A virtual machine's cores are moved about below it. When two of them no longer share a cache, everything that
 * crosses from one to the other, such as every message of a benchmark, costs up to twice as much, for seconds or
 * minutes. Only figures of the same distance can be compared.
 *
 * Build: cc -O2 -o core_distance core_distance.c
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCHES 20
#define TIMES 2000

static void stay_on(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  if (sched_setaffinity(0, sizeof set, &set)) {
    perror("sched_setaffinity");
    exit(2);
  }
}

static double now_ns(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return ts.tv_sec * 1e9 + ts.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: core_distance CORE CORE\n"), 64;
  atomic_int *ball = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (ball == MAP_FAILED) return perror("mmap"), 2;
  pid_t other = fork();
  if (other < 0) return perror("fork"), 2;
  stay_on(atoi(argv[other ? 1 : 2]));
  double least = 1e9; /* of the batches, since an interrupt can only make one longer */
  for (int batch = 0, at = !other; batch < BATCHES; batch++) {
    double start = now_ns();
    for (int i = 0; i < TIMES; i++, at += 2) {
      while (atomic_load(ball) != at);
      atomic_store(ball, at + 1);
    }
    double each = (now_ns() - start) / TIMES;
    if (each < least) least = each;
  }
  if (!other) return 0;
  waitpid(other, NULL, 0);
  printf("%.0f\n", least);
  return 0;
}
