/**
 * What Deno 2.5 says of a link-local address with its zone (`fe80::1%eth0`).
 *
 * @module
 */

/** Whether an address was refused because this Deno knows no zones. */
export function isUnknownZone(error: unknown): boolean {
  return error instanceof URIError && error.message.includes("%");
}

/** Why it was, as the end of a sentence. */
export function unknownZoneReason(): string {
  return `Deno ${Deno.version.deno}, which runs this, knows no zones such as "%eth0"; Deno 2.9 does`;
}
