/**
 * The head of an HTTP/1 request ({@link https://www.rfc-editor.org/rfc/rfc9112 RFC 9112}),
 * read as its bytes come: each of them is looked at once, in whatever pieces they arrive.
 *
 * @module
 */

import { type Authority, parseAuthority } from "./http_authority.ts";

/** A longer head is refused. */
const MAX_HEAD_BYTES = 8 * 1024;

const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;
const DELETE = 127;

/** The head of a request. */
export interface HttpRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Whom the client wants to speak to: of the target where that says so, otherwise of `Host`. Only HTTP/1.0 may leave it out. */
  readonly host?: Authority;
  /** The values of each field, by its name in lower case. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/** Why a request cannot be read, as an HTTP status. */
export type BadRequest = 400 | 431;

interface RequestLine {
  readonly method: string;
  readonly path: string;
  readonly authority?: Authority;
  readonly minorVersion: number;
}

const NOTHING = new Uint8Array();
const decoder = new TextDecoder("latin1");

/** Reads one head. */
export class HttpRequestReader {
  /** Made when there is something to hold: many a client of a flood says nothing. */
  #line = NOTHING;
  /** How many bytes of the line under way there are. */
  #length = 0;
  /** How many bytes of the head there were. */
  #total = 0;
  #lines = 0;
  #requestLine: RequestLine | undefined;
  readonly #fields = new Map<string, string[]>();

  /**
   * Takes the next bytes; those after the head are left alone.
   *
   * @returns The request once its head is complete, or what is wrong with it as soon as that is clear.
   */
  take(bytes: Uint8Array): HttpRequest | BadRequest | undefined {
    if (this.#line === NOTHING) this.#line = new Uint8Array(MAX_HEAD_BYTES);
    for (const byte of bytes) {
      if (byte === LF) {
        const done = this.#endLine();
        if (done !== undefined) return done;
        this.#length = 0;
      } else {
        if (isControl(byte)) return 400;
        this.#line[this.#length++] = byte;
      }
      if (++this.#total === MAX_HEAD_BYTES) return 431;
    }
  }

  #endLine(): HttpRequest | BadRequest | undefined {
    const hasCr = this.#length > 0 && this.#line[this.#length - 1] === CR;
    const length = hasCr ? this.#length - 1 : this.#length;
    const line = decoder.decode(this.#line.subarray(0, length));
    if (line.includes("\r")) return 400;
    // An empty line before the request is passed over (RFC 9112 §2.2), one.
    if (this.#lines++ === 0 && line === "") return undefined;
    if (this.#requestLine === undefined) {
      this.#requestLine = parseRequestLine(line);
      return this.#requestLine === undefined ? 400 : undefined;
    }
    if (line === "") return this.#finish(this.#requestLine);
    return this.#takeField(line) ? undefined : 400;
  }

  /** Neither a field without a name nor one on several lines is taken (RFC 9112 §5.1, §5.2). */
  #takeField(line: string): boolean {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) return false;
    const values = this.#fields.get(name) ?? [];
    this.#fields.set(name, values);
    values.push(line.slice(colon + 1).trim());
    return true;
  }

  /** RFC 9112 §3.2: one `Host`, and a good one; §3.2.2: that of the target counts instead. */
  #finish(
    { method, path, authority, minorVersion }: RequestLine,
  ): HttpRequest | BadRequest {
    const hosts = this.#fields.get("host") ?? [];
    if (hosts.length > 1 || (hosts.length === 0 && minorVersion > 0)) {
      return 400;
    }
    const host = hosts.length === 1 ? parseAuthority(hosts[0]) : undefined;
    if (hosts.length === 1 && host === undefined) return 400;
    return { method, path, host: authority ?? host, fields: this.#fields };
  }
}

function isControl(byte: number): boolean {
  return (byte < SPACE && byte !== TAB && byte !== CR) || byte === DELETE;
}

/** `METHOD TARGET HTTP/1.x`, whose target is a path or a whole URL (RFC 9112 §3.2.1, §3.2.2). */
function parseRequestLine(line: string): RequestLine | undefined {
  const parts = line.split(" ", 4);
  if (parts.length !== 3) return undefined;
  const [method, target, version] = parts;
  if (!/^[A-Z]+$/.test(method) || !/^HTTP\/1\.[01]$/.test(version)) {
    return undefined;
  }
  const parsed = target.startsWith("/")
    ? { path: withoutQuery(target) }
    : parseUrl(target);
  return parsed && { method, ...parsed, minorVersion: Number(version.at(-1)) };
}

function parseUrl(
  target: string,
): { path: string; authority: Authority } | undefined {
  const [scheme] = /^https?:\/\//i.exec(target) ?? [];
  if (scheme === undefined) return undefined;
  const rest = target.slice(scheme.length);
  const end = rest.search(/[/?#]/);
  const authority = parseAuthority(end === -1 ? rest : rest.slice(0, end));
  // A URL without a host is none (RFC 9110 §4.2.1).
  if (authority === undefined || authority.name === "") return undefined;
  const path = end === -1 ? "" : withoutQuery(rest.slice(end));
  return { path: path === "" ? "/" : path, authority };
}

function withoutQuery(target: string): string {
  const end = target.search(/[?#]/);
  return end === -1 ? target : target.slice(0, end);
}
