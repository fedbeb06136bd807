/**
 * UDP ports above 1023 that belong to services, so that no client is there.
 *
 * An answer to such a port is one service's datagram at another's door: the two
 * may go on for ever, or somebody who may not reach that service himself has us
 * carry what he wrote. The list is that of services which answer to, or obey, what
 * comes unasked. It leaves out what clients get: 32768 to 60999 on Linux, 49152
 * to 65535 elsewhere (RFC 6335 §6), with one exception, 37810.
 *
 * @module
 */

/** Where it stands that a service has the port. */
export type PortSource =
  /** The Service Name and Transport Protocol Port Number Registry. */
  | "IANA"
  /** CISA's list of amplifiers. */
  | "TA14-017A"
  /** Others' reports of attacks by way of such services. */
  | "abused";

/** A service and its port, or its first and last one. */
export type Responder = readonly [
  name: string,
  source: PortSource,
  first: number,
  last?: number,
];

/** In the order of the ports. `docs/responder_ports.md` is this list. */
export const RESPONDERS: readonly Responder[] = [
  ["OpenVPN", "IANA", 1194],
  ["MS-SQL Monitor", "IANA", 1434],
  ["Citrix ICA browser", "IANA", 1604],
  ["RADIUS, before RFC 2865", "abused", 1645, 1646],
  ["L2TP", "IANA", 1701],
  ["RADIUS", "IANA", 1812, 1813],
  ["SSDP", "TA14-017A", 1900],
  ["NFS", "IANA", 2049],
  ["GTP control", "IANA", 2123],
  ["GTP user plane", "IANA", 2152],
  ["Apple Remote Desktop", "IANA", 3283],
  ["RDP", "IANA", 3389],
  ["STUN, TURN", "IANA", 3478],
  ["Teredo", "IANA", 3544],
  ["WS-Discovery", "TA14-017A", 3702],
  ["BFD", "IANA", 3784, 3785],
  ["IPsec NAT traversal", "IANA", 4500],
  ["IPFIX", "IANA", 4739],
  ["GRE in UDP", "IANA", 4754, 4755],
  ["BFD, multihop", "IANA", 4784],
  ["VXLAN, VXLAN-GPE", "IANA", 4789, 4790],
  ["SIP", "IANA", 5060, 5061],
  ["Sentinel license manager", "IANA", 5093],
  ["CAPWAP", "IANA", 5246, 5247],
  ["STUN, TURN over DTLS", "IANA", 5349],
  ["NAT-PMP, PCP", "IANA", 5350, 5351],
  ["mDNS", "TA14-017A", 5353],
  ["LLMNR", "IANA", 5355],
  ["pcAnywhere", "IANA", 5632],
  ["CoAP", "IANA", 5683, 5684],
  ["Geneve", "IANA", 6081],
  ["sFlow", "IANA", 6343],
  ["MPLS in UDP", "IANA", 6635, 6636],
  ["BitTorrent", "TA14-017A", 6881],
  ["OTV; VXLAN on Linux", "IANA", 8472],
  ["PFCP", "IANA", 8805],
  ["Ubiquiti discovery", "abused", 10001],
  ["Mitel TP-240", "abused", 10074],
  ["memcached", "TA14-017A", 11211],
  ["VxWorks debugger", "abused", 17185],
  ["DNP3", "IANA", 20000],
  ["Quake", "IANA", 26000],
  ["Steam", "TA14-017A", 27015, 27050],
  ["Quake 3", "TA14-017A", 27960],
  ["Plex Media Server", "abused", 32410, 32414],
  // One in 28,232 clients on Linux gets it; there are a few hundred thousand such recorders.
  ["Dahua video recorders", "abused", 37810],
];

const isResponders = new Uint8Array(65_536);
for (const [, , first, last = first] of RESPONDERS) {
  isResponders.fill(1, first, last + 1);
}

/** Whether a port above 1023 is a service's. */
export function isResponderPort(port: number): boolean {
  return isResponders[port] === 1;
}
