/**
 * Which of a name's addresses to measure: the first that answers, the preferred ones
 * having a head start. When none does, it is the one that the system prefers.
 *
 * @module
 */

import type { Address } from "../../base/address.ts";
import { ask } from "../reach/ask.ts";
import { connect } from "../reach/connect.ts";
import { Messages } from "./message.ts";
import { ReachError } from "../reach/reach_error.ts";
import { isCalledOff } from "../../base/time.ts";

const QUESTION_BYTES = 64;

/** The address that answers over UDP, where only an answer can tell. @throws The reason of `signal`. */
export async function firstToAnswer(
  target: Address,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  if (addresses.length === 1) return addresses[0];
  const sizes = { min: QUESTION_BYTES, max: QUESTION_BYTES };
  const question = new Messages(sizes).build(1);
  try {
    const answer = await ask(target, addresses, question, { signal });
    answer.socket.close();
    return answer.hostname;
  } catch (error) {
    if (isCalledOff(error, signal)) throw error;
    return addresses[0];
  }
}

/** The address that accepts a TCP connection. @throws The reason of `signal`. */
export async function firstToAccept(
  target: Address,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  if (addresses.length === 1) return addresses[0];
  try {
    const { connection, hostname } = await connect(target, addresses, signal);
    connection.close();
    return hostname;
  } catch (error) {
    if (!(error instanceof ReachError)) throw error;
    return addresses[0];
  }
}
