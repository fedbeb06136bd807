/**
 * From the bytes of a config file to what `makePlan` takes: here, or in a thread
 * of its own, since a large config takes longer than clients should wait.
 *
 * @module
 */

import type { ServiceType } from "../services/service.ts";
import { parseFile } from "./load.ts";
import { type Makings, parseConfig, type Parsed } from "./parse.ts";
import { ConfigError, type Problem } from "./problems.ts";

/** What the thread is given. */
export interface Question {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How a person knows the file. */
  readonly source: string;
}

/** What it answers: {@linkcode Parsed}, with the types of services by name; or why the file holds no YAML. */
export type Answer =
  | (Omit<Parsed, "services"> & { readonly services: readonly SentMakings[] })
  | { readonly unreadable: readonly Problem[] };

type SentMakings = (Omit<Makings, "type"> & { type: string }) | undefined;

/**
 * Reads and checks the bytes of a config file, for as long as it takes.
 *
 * @throws {ConfigError} When it is not YAML, or holds more than any config.
 */
export function parseHere(
  { bytes, source }: Question,
  types: readonly ServiceType[],
): Parsed {
  return parseConfig(parseFile(bytes, source), types);
}

/** The answer of the thread. */
export function answer(
  question: Question,
  types: readonly ServiceType[],
): Answer {
  try {
    const { services, ...parsed } = parseHere(question, types);
    return {
      ...parsed,
      services: services.map((makings) =>
        makings && { ...makings, type: makings.type.name }
      ),
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { unreadable: error.problems };
  }
}

/**
 * As {@linkcode parseHere}, in a thread, which ends with `signal`.
 *
 * @param module Where the thread begins: `parse_thread.ts`, or what became of it.
 * @throws {ConfigError} When it is not YAML, or holds more than any config.
 * @throws {Error} When the thread dies or is ended.
 */
export async function parseInThread(
  question: Question,
  types: readonly ServiceType[],
  { module, signal }: { module: URL; signal?: AbortSignal },
): Promise<Parsed> {
  const answered = Promise.withResolvers<Answer>();
  const end = () => answered.reject(new Error("Reading the config was ended"));
  const worker = new Worker(module, { type: "module", name: "config" });
  worker.onmessage = ({ data }: MessageEvent<Answer>) => answered.resolve(data);
  worker.onerror = (event) => {
    event.preventDefault(); // Or it would be the end of this thread too.
    answered.reject(new Error(`Cannot read the config: ${event.message}`));
  };
  signal?.addEventListener("abort", end, { once: true });
  try {
    if (signal?.aborted) end();
    worker.postMessage(question, [question.bytes.buffer]);
    return toParsed(await answered.promise, question.source, types);
  } finally {
    signal?.removeEventListener("abort", end);
    worker.terminate();
  }
}

function toParsed(
  answer: Answer,
  source: string,
  types: readonly ServiceType[],
): Parsed {
  if ("unreadable" in answer) throw new ConfigError(source, answer.unreadable);
  return {
    ...answer,
    services: answer.services.map((makings) => {
      const type = types.find(({ name }) => name === makings?.type);
      return makings && type && { ...makings, type };
    }),
  };
}
