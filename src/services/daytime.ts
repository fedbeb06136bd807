/**
 * The Daytime Protocol, {@link https://www.rfc-editor.org/rfc/rfc867 RFC 867}:
 * one line with the date and time, UTC. The RFC leaves its form open.
 *
 * @module
 */

import * as v from "valibot";
import type { ServiceType } from "./service.ts";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = [
  ...["Jan", "Feb", "Mar", "Apr", "May", "Jun"],
  ...["Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
];

/** How the time is written. */
export type DaytimeFormat = "iso" | "classic";

/**
 * Writes a time in UTC, without the line's end: `2026-11-27T09:05:00Z`, or as
 * inetd and ctime(3) do, `Fri Nov 27 09:05:00 2026`.
 *
 * @param ms Milliseconds since 1970-01-01 UTC.
 */
export function formatDaytime(ms: number, format: DaytimeFormat): string {
  const date = new Date(ms);
  const iso = date.toISOString();
  if (format === "iso") return iso.replace(/\.\d+/, "");
  const day = String(date.getUTCDate()).padStart(2);
  const time = iso.slice(iso.indexOf("T") + 1, -".000Z".length);
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ` +
    `${time} ${date.getUTCFullYear()}`;
}

const encoder = new TextEncoder();

/** Sends the date and time in UTC as one line (RFC 867). */
export const daytime: ServiceType = {
  name: "daytime",
  description: "sends the date and time in UTC as one line (RFC 867)",
  options: {
    format: v.optional(v.pipe(
      v.picklist(["iso", "classic"], "iso or classic"),
      v.description(
        "The form of the line: `iso` is `2026-11-27T09:05:00Z`, `classic`, as inetd writes it, `Fri Nov 27 09:05:00 2026`. Default: `iso`.",
      ),
    )),
  },
  create({ format = "iso" }: { format?: DaytimeFormat }) {
    const line = () =>
      encoder.encode(`${formatDaytime(Date.now(), format)}\r\n`);
    return {
      summary: format,
      warnings: [],
      stream: (connection) => connection.write(line()),
      datagram: line,
    };
  },
};
