/**
 * @module
 */

import { isUnknownZone } from "../base/unknown_zone.ts";

let known: boolean | undefined;

/** Whether this Deno can bind a link-local address, which takes a zone (`fe80::1%eth0`): 2.5 cannot, 2.9 can. */
export function knowsZones(): boolean {
  return known ??= find();
}

function find(): boolean {
  const hostname = "fe80::1%zone";
  try {
    Deno.listenDatagram({ transport: "udp", hostname, port: 0 }).close();
  } catch (error) {
    return !isUnknownZone(error);
  }
  return true;
}
