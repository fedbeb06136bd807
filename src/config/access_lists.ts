/**
 * `allow`, `deny` and `proxy_protocol`: from what the config lists, and the files that it names, to
 * sets of addresses.
 *
 * @module
 */

import { printable } from "../base/printable.ts";
import { decodeText } from "../base/text_file.ts";
import { nextTurn } from "../base/time.ts";
import type { AccessList, Limits } from "./limits.ts";
import { type IpBlock, ipBlockProblem, parseIpBlock } from "./ip_block.ts";
import { type IpSet, ipSet, sameIps, shared, union } from "./ip_set.ts";

/** Who may use a service. `deny` wins; without `allow`, everyone who is not denied may. */
export interface Access {
  readonly allow?: IpSet;
  readonly deny: IpSet;
  /** The load balancers, whose PROXY headers are read. */
  readonly proxies?: IpSet;
}

/** The key of a list in the config file. */
type ListName = "allow" | "deny" | "proxy_protocol";

/** A problem with a file that a list names. */
export interface AccessProblem {
  readonly list: ListName;
  readonly message: string;
}

/** Room for half a million networks; a larger file is a mistake. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
/** The most bad lines to report for one file. */
const MAX_BAD_LINES = 20;
/** Lets clients be served after this many lines. */
const LINES_PER_TURN = 1024;

/** Reads a file that the config names. Throws an `Error` whose message an operator understands. */
type ReadFile = (file: string, maxBytes: number) => Promise<Uint8Array>;

/** The content of a file, and its problems. */
interface Contents {
  readonly set: IpSet;
  readonly problems: readonly string[];
}

/** Reads access lists, and each file once, however many services name it. */
export class AccessReader {
  readonly #readFile: ReadFile;
  readonly #files = new Map<string, Promise<Contents>>();

  constructor(readFile: ReadFile) {
    this.#readFile = readFile;
  }

  /** Reads the lists of one service. */
  async read(
    { allow, deny = [], proxyProtocol }: Pick<
      Limits,
      "allow" | "deny" | "proxyProtocol"
    >,
  ): Promise<{ access: Access; problems: readonly AccessProblem[] }> {
    const problems: AccessProblem[] = [];
    const readList = async (list: ListName, entries: AccessList) => {
      const sets = [
        await setOf(entries.filter((each) => typeof each === "string")),
      ];
      for (const entry of entries) {
        if (typeof entry === "string") continue;
        const contents = await this.#contentsOf(entry.file);
        sets.push(contents.set);
        for (const message of contents.problems) {
          problems.push({ list, message });
        }
      }
      return shared(await unionOf(sets));
    };
    const access = {
      allow: allow && await readList("allow", allow),
      deny: await readList("deny", deny),
      proxies: proxyProtocol &&
        await readList("proxy_protocol", proxyProtocol),
    };
    return { access, problems };
  }

  #contentsOf(file: string): Promise<Contents> {
    let contents = this.#files.get(file);
    if (!contents) {
      contents = this.#readContents(file);
      this.#files.set(file, contents);
    }
    return contents;
  }

  async #readContents(file: string): Promise<Contents> {
    const name = `"${printable(file, 200)}"`;
    let text: string;
    try {
      text = decodeText(await this.#readFile(file, MAX_FILE_BYTES));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const reason = printable(error.message, 200);
      return { set: ipSet([]), problems: [`${name}: ${reason}`] };
    }
    const { set, badLines, badLineCount } = await readLines(text);
    const problems = badLines.map(({ line, found }) =>
      `${name}, line ${line}: found "${printable(found)}", expected ${
        ipBlockProblem(found)
      }`
    );
    const more = badLineCount - badLines.length;
    if (more > 0) problems.push(`${name}: and ${more} more such lines`);
    return { set, problems };
  }
}

/** Whether the same clients may come, and the same load balancers speak for them. */
export function sameAccess(a: Access, b: Access): boolean {
  return sameIps(a.deny, b.deny) && sameLists(a.allow, b.allow) &&
    sameLists(a.proxies, b.proxies);
}

function sameLists(a: IpSet | undefined, b: IpSet | undefined): boolean {
  return a && b ? sameIps(a, b) : a === b;
}

/** Reads one address or block a line. What follows a `#` is a comment. */
async function readLines(text: string) {
  const sets: IpSet[] = [];
  const badLines: { line: number; found: string }[] = [];
  let badLineCount = 0;
  let blocks: IpBlock[] = [];
  for (let start = 0, line = 1; start < text.length; line++) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    const whole = text.slice(start, end);
    const comment = whole.indexOf("#");
    const found = (comment === -1 ? whole : whole.slice(0, comment)).trim();
    start = end + 1;
    if (found !== "") {
      const block = parseIpBlock(found);
      if (block) blocks.push(block);
      else if (++badLineCount <= MAX_BAD_LINES) badLines.push({ line, found });
    }
    if (line % LINES_PER_TURN === 0) {
      sets.push(ipSet(blocks));
      blocks = [];
      await nextTurn();
    }
  }
  sets.push(ipSet(blocks));
  return { set: await unionOf(sets), badLines, badLineCount };
}

/** The set of the addresses and blocks in a list that was checked. */
async function setOf(texts: readonly string[]): Promise<IpSet> {
  const { set } = await readLines(texts.join("\n"));
  return set;
}

/** The addresses that are in any of some sets: two by two, so that each is merged few times. */
async function unionOf(sets: readonly IpSet[]): Promise<IpSet> {
  while (sets.length > 1) {
    const pairs: IpSet[] = [];
    for (let i = 0; i < sets.length; i += 2) {
      pairs.push(i + 1 < sets.length ? union(sets[i], sets[i + 1]) : sets[i]);
      await nextTurn();
    }
    sets = pairs;
  }
  return sets[0];
}
