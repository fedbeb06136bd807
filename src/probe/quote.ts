/**
 * Fetching a quote of the day, {@link https://www.rfc-editor.org/rfc/rfc865 RFC 865}.
 *
 * @module
 */

import { type Address, formatAddress } from "../base/address.ts";
import { formatDuration } from "../base/duration.ts";
import { ask } from "./reach/ask.ts";
import { connect, explainAll } from "./reach/connect.ts";
import { socketReason } from "./reach/reach_error.ts";
import { type Family, resolve } from "./reach/resolve.ts";
import { safeText } from "../base/safe_text.ts";
import { withTimeLimit } from "../base/time.ts";

/** RFC 865 asks for less than 512 characters; servers send more, but no quote is as long as this. */
const MAX_BYTES = 64 * 1024;
/** The server ignores what is in the datagram (RFC 865). A line, since firewalls drop empty ones. */
const QUESTION = new Uint8Array([0x0a]);

/** Options for {@linkcode fetchQuote}. */
export interface QuoteOptions {
  readonly family: Family;
  /** How long the whole of it may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** What a server sent. */
export interface Quote {
  /** Safe to print, and not blank. */
  readonly text: string;
  /** Why that is perhaps not the whole quote. */
  readonly problem?: string;
}

/** A server that gave no quote. */
export class QuoteError extends Error {
  override name = "QuoteError";

  constructor(target: Address, reason: string, options?: ErrorOptions) {
    super(
      `Cannot get a quote from "${formatAddress(target)}": ${reason}`,
      options,
    );
  }
}

/**
 * Asks for a quote.
 *
 * @throws {ReachError} When the server cannot be reached.
 * @throws {QuoteError} When it sends no quote.
 */
export async function fetchQuote(
  target: Address,
  { family, timeoutMs }: QuoteOptions,
): Promise<Quote> {
  return await withTimeLimit(timeoutMs, async (signal) => {
    const addresses = await resolve(target, family, signal);
    const quote = target.transport === "tcp"
      ? await fetchTcp(target, addresses, signal, timeoutMs)
      : await fetchUdp(target, addresses, signal);
    if (quote.text.trim() !== "") return quote;
    throw new QuoteError(target, "nothing but white space");
  });
}

async function fetchTcp(
  target: Address,
  addresses: readonly string[],
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Quote> {
  const { connection } = await connect(target, addresses, signal);
  const close = () => connection.close();
  signal.addEventListener("abort", close, { once: true });
  const buffer = new Uint8Array(MAX_BYTES);
  let length = 0;
  let problem: string | undefined;
  try {
    // Ends at the end (null), and when the buffer has no room left (0).
    for (let more; (more = await connection.read(buffer.subarray(length)));) {
      length += more;
    }
    if (length === MAX_BYTES) problem = `more than ${MAX_BYTES} bytes`;
  } catch (error) {
    if (length === 0) {
      throw new QuoteError(target, socketReason(signal.reason ?? error));
    }
    problem = signal.aborted
      ? `no end within ${formatDuration(timeoutMs)}`
      : socketReason(error);
  } finally {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) connection.close();
  }
  if (length === 0) {
    throw new QuoteError(target, "connection closed without one");
  }
  return { text: safeText(buffer.subarray(0, length)), problem };
}

async function fetchUdp(
  target: Address,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<Quote> {
  let datagram: Uint8Array;
  try {
    const answer = await ask(target, addresses, QUESTION, {
      again: true,
      signal,
    });
    answer.socket.close();
    datagram = answer.datagram;
  } catch (error) {
    throw new QuoteError(target, explainAll(addresses, error), {
      cause: error,
    });
  }
  if (datagram.length === 0) throw new QuoteError(target, "an empty datagram");
  return { text: safeText(datagram) };
}
