/**
 * What `--mtu` prints.
 *
 * @module
 */

import {
  type Address,
  familyOf,
  formatAddress,
  formatHostPort,
} from "../../base/address.ts";
import type { SizeResult } from "../measure/mtu.ts";
import { JSON_VERSION } from "./json.ts";

/** IP and UDP headers, in bytes. */
const HEADERS = { 4: 20 + 8, 6: 40 + 8 } as const;

/** What the report needs to know. */
export interface MtuReportOptions {
  readonly target: Address;
  readonly json: boolean;
  /** Whether to leave out the sizes that were tried. */
  readonly quiet: boolean;
  readonly print: (text: string) => void;
}

/** Prints the search for the largest datagram, as text or JSON. */
export class MtuReport {
  readonly #options: MtuReportOptions;
  #hostname = "";

  constructor(options: MtuReportOptions) {
    this.#options = options;
  }

  start(hostname: string): void {
    const { target, json, print } = this.#options;
    this.#hostname = hostname;
    if (!json) print(`MTU ${formatAddress(target)} (${hostname})\n`);
  }

  result({ bytes, ok, reason }: SizeResult): void {
    const { json, quiet, print } = this.#options;
    if (quiet) return;
    if (json) {
      this.#json({ type: "mtu_try", bytes, ok, reason: reason ?? null });
    } else print(`${bytes} bytes: ${ok ? "came back" : reason}\n`);
  }

  end(bytes: number | undefined): void {
    const { target, json, print } = this.#options;
    const hostname = this.#hostname;
    if (json) {
      this.#json({
        type: "mtu",
        target: formatAddress(target),
        address: formatHostPort(hostname, target.port),
        bytes: bytes ?? null,
        ok: bytes !== undefined,
      });
      return;
    }
    print(
      bytes === undefined
        ? "\nNothing came back\n"
        : `\nThe largest datagram that came back unchanged: ${bytes} bytes ` +
          `(${bytes + HEADERS[familyOf(hostname)]} with IP and UDP headers)\n`,
    );
  }

  #json(object: Record<string, unknown>): void {
    const line = JSON.stringify({ mynah_ping: JSON_VERSION, ...object });
    this.#options.print(`${line}\n`);
  }
}
