/**
 * Scans a YAML text before it is parsed. It refuses what a config does not need,
 * and what would cost the parser far more than its size. So mynah's errors do not
 * depend on the parser, and no config takes long.
 *
 * It finds the tokens as the parser does, in one pass, and builds nothing. It
 * leaves other bad syntax to the parser.
 *
 * @module
 */

import {
  documentError,
  keyError,
  tabError,
  tagError,
  YamlError,
} from "./yaml_error.ts";
import {
  endOfLine,
  endOfSpace,
  isDocumentMark,
  isEndOfLine,
  isSpace,
  tabIn,
} from "./yaml_space.ts";
import { type YamlBounds, YamlStructure } from "./yaml_structure.ts";

/** @throws {YamlError} At the first thing that a config may not hold. */
export function scanYaml(text: string, bounds: YamlBounds): void {
  new Scanner(text, bounds).scan();
}

const FLOW = "[]{},";

class Scanner {
  readonly #text: string;
  readonly #structure: YamlStructure;
  #at = 0;
  #lineStart = 0;
  /** Whether only white space came before on this line. */
  #fresh = true;
  /** Whether a key came before on this line, not in brackets. */
  #hasKey = false;
  /** Whether in brackets a value or a key must come. */
  #wantsValue = false;
  #document: "none" | "open" | "ended" = "none";

  constructor(text: string, bounds: YamlBounds) {
    this.#text = text;
    this.#structure = new YamlStructure(bounds);
  }

  scan(): void {
    while (this.#skipSpace()) this.#token();
    this.#structure.end();
  }

  /** Goes on to the next token. Returns false at the end. */
  #skipSpace(): boolean {
    let tab = -1;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at];
      if (char === "\t") tab = tab === -1 ? this.#at : tab;
      else if (char === "\n" || char === "\r") {
        this.#lineStart = this.#at + 1;
        this.#fresh = true;
        this.#hasKey = false;
        tab = -1;
      } else if (char === "#" && isSpace(this.#text, this.#at - 1)) {
        this.#at = endOfLine(this.#text, this.#at) - 1;
      } else if (char !== " ") break;
    }
    if (this.#at === this.#text.length) return false;
    if (tab !== -1 && this.#fresh && !this.#structure.inBrackets) {
      throw tabError(tab);
    }
    return true;
  }

  #token(): void {
    const char = this.#text[this.#at];
    const next = this.#text[this.#at + 1];
    const { inBrackets } = this.#structure;
    const column = this.#at - this.#lineStart;
    const isBeforeSpace = isSpace(this.#text, this.#at + 1);
    if (this.#document === "ended") throw documentError(this.#at);
    if (column === 0 && !inBrackets && this.#documentMark(char)) return;
    this.#document = "open";
    const isFresh = this.#fresh;
    this.#fresh = false;
    if (inBrackets) {
      if (char === ":") return this.#colon();
      if (char === ",") return this.#comma();
    } else {
      if (char === "-" && isBeforeSpace) return this.#item(column);
      if (char === ":" && isBeforeSpace) return this.#colon();
      if (char === "|" || char === ">") return this.#blockText();
    }
    if (char === "[" || char === "{") return this.#open(char === "{");
    if (char === "]" || char === "}") return this.#close();
    if (char === "&") return this.#anchor();
    if (char === "*") return this.#alias();
    if (char === "!") throw tagError(this.#name("!"), this.#at);
    if (char === '"' || char === "'") return this.#quoted(char, column);
    if (
      char === "?" && (isBeforeSpace || (inBrackets && FLOW.includes(next)))
    ) {
      throw keyError(this.#at);
    }
    if ("@`%".includes(char)) {
      throw new YamlError(
        `a text that begins with "${char}" needs quotes`,
        this.#at,
      );
    }
    if (inBrackets) return this.#plainInBrackets();
    this.#plain(column, isFresh);
  }

  /** Takes `---`, `...` and directives, which stand at the start of a line. */
  #documentMark(char: string): boolean {
    if (char !== "%" && char !== "-" && char !== ".") return false;
    const line = this.#text.slice(this.#at, this.#at + 80);
    if (char === "%" && this.#document === "none") {
      if (!/^%YAML[ \t]+1\.[12][ \t]*(#|\r|\n|$)/.test(line)) {
        throw new YamlError("this directive is not supported", this.#at);
      }
      this.#at = endOfLine(this.#text, this.#at);
      return true;
    }
    const isEnd = line.startsWith("...") &&
      isDocumentMark(this.#text, this.#at);
    if (!isEnd && !line.startsWith("---")) return false;
    if (!/^...[ \t]*([ \t]#|\r|\n|$)/.test(line)) {
      throw new YamlError(`text after "${line.slice(0, 3)}"`, this.#at + 3);
    }
    if (!isEnd && this.#document === "open") throw documentError(this.#at);
    this.#document = isEnd ? "ended" : "open";
    this.#at += 3;
    return true;
  }

  /** A colon that comes after no key, or in brackets also after one. */
  #colon(): void {
    if (!this.#structure.inBrackets || this.#wantsValue) {
      throw new YamlError('no key before the ":"', this.#at);
    }
    this.#at++;
  }

  #comma(): void {
    if (this.#wantsValue) {
      throw new YamlError('no value before the ","', this.#at);
    }
    this.#structure.settle(true);
    this.#wantsValue = true;
    this.#at++;
  }

  #item(column: number): void {
    if (this.#hasKey) {
      throw new YamlError("a list must begin on a line of its own", this.#at);
    }
    this.#structure.settleBlock(column, true);
    this.#structure.block(column, this.#at);
    const end = endOfSpace(this.#text, ++this.#at);
    const tab = tabIn(this.#text, this.#at, end);
    if (tab !== -1 && !isEndOfLine(this.#text, end)) throw tabError(tab);
  }

  #open(isMapping: boolean): void {
    this.#structure.openBracket(isMapping, this.#at++);
    this.#wantsValue = true;
  }

  #close(): void {
    const open = this.#structure.closeBracket(this.#at++);
    if (this.#isBeforeColon()) throw keyError(open);
    this.#endValue();
  }

  #anchor(): void {
    const at = this.#at;
    const name = this.#name("&");
    if (name === "") throw new YamlError('"&" without a name', at);
    this.#structure.anchor(name, at);
  }

  #alias(): void {
    const at = this.#at;
    this.#structure.alias(this.#name("*"), at);
    if (this.#isBeforeColon()) throw keyError(at);
    this.#endValue();
  }

  /** Reads what follows an indicator. */
  #name(indicator: "&" | "*" | "!"): string {
    const start = this.#at + indicator.length;
    const name = /[^ \t\r\n[\]{},]*/y;
    name.lastIndex = start;
    const text = name.exec(this.#text)![0];
    if (indicator !== "!") this.#at = start + text.length;
    return text;
  }

  #quoted(quote: string, column: number): void {
    const [start, lineStart] = [this.#at, this.#lineStart];
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at];
      if (char === "\n" || char === "\r") {
        // The two parsers differ in whether it stays.
        if (" \t".includes(this.#text[this.#at - 1])) {
          throw new YamlError("space at the end of a line in quotes", this.#at);
        }
        this.#lineStart = this.#at + 1;
      } else if (char === "\\" && quote === '"') this.#at++;
      else if (char === quote) {
        if (quote === '"' || this.#text[this.#at + 1] !== quote) break;
        this.#at++;
      }
    }
    if (this.#at >= this.#text.length) {
      throw new YamlError("this quote is never closed", start);
    }
    const content = this.#text.slice(start + 1, this.#at++);
    const name = quote === "'" ? content.replaceAll("''", "'") : content;
    if (this.#structure.inBrackets) this.#inBrackets(name, start);
    else if (this.#isBeforeColon()) this.#key(name, start, column);
    else {
      this.#structure.settleText(content === "", lineStart);
      this.#endValue();
    }
  }

  /** A text after `|` or `>`: the lines that are further in than what it belongs to. */
  #blockText(): void {
    const start = this.#at;
    const parent = this.#structure.column;
    if (parent === -1) {
      throw new YamlError("a text instead of a mapping", start);
    }
    const header = /[|>][-+]*(\d?)/y;
    header.lastIndex = start;
    const width = header.exec(this.#text)![1];
    let isFixed = width !== "";
    let indent = isFixed ? parent + Number(width) : parent + 1;
    let isEmpty = true;
    this.#at = endOfLine(this.#text, this.#at);
    while (this.#at < this.#text.length) {
      const line = this.#at + 1;
      let at = line;
      while (this.#text[at] === " " && (!isFixed || at - line < indent)) at++;
      if (!isFixed) indent = Math.max(indent, at - line);
      const isBlank = this.#text[at] === "\n" || this.#text[at] === "\r";
      if (!isBlank && at - line < indent) break;
      isFixed ||= !isBlank;
      isEmpty &&= isBlank;
      this.#at = endOfLine(this.#text, line);
    }
    this.#structure.settleText(isEmpty, this.#lineStart);
  }

  #plainInBrackets(): void {
    const start = this.#at;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at];
      if (FLOW.includes(char)) break;
      if (char === "#" && isSpace(this.#text, this.#at - 1)) break;
      if (char === ":") {
        const next = this.#text[this.#at + 1];
        if (isSpace(this.#text, this.#at + 1) || FLOW.includes(next)) break;
      }
    }
    this.#inBrackets(this.#text.slice(start, this.#at).trimEnd(), start);
  }

  /** A text in brackets: a value, or in braces a key. */
  #inBrackets(text: string, start: number): void {
    this.#structure.settle(text === "");
    this.#structure.value(start);
    if (this.#structure.inBraces && this.#wantsValue) {
      this.#structure.key(text, start);
    }
    this.#wantsValue = false;
  }

  #plain(column: number, isFresh: boolean): void {
    const [start, lineStart] = [this.#at, this.#lineStart];
    do {
      for (; this.#at < this.#text.length; this.#at++) {
        const char = this.#text[this.#at];
        if (char === "\n" || char === "\r") break;
        if (char === ":" && isSpace(this.#text, this.#at + 1)) {
          const name = this.#text.slice(start, this.#at).trimEnd();
          return this.#key(name, start, column);
        }
        if (char === "#" && isSpace(this.#text, this.#at - 1)) break;
      }
    } while (this.#skipToContinuation());
    if (isFresh && column <= this.#structure.column) {
      throw new YamlError(
        'neither a key with ": " nor an item with "- "',
        start,
      );
    }
    this.#structure.settleText(false, lineStart);
  }

  /** Goes on to the next line that has text, if it continues the plain text before it. */
  #skipToContinuation(): boolean {
    let [start, end] = [this.#at, this.#at];
    while (this.#text[end] === "\n" || this.#text[end] === "\r") {
      start = end + 1;
      end = endOfSpace(this.#text, start);
    }
    const isContinued = end < this.#text.length &&
      end - start > this.#structure.column &&
      this.#text[end] !== "#" &&
      tabIn(this.#text, start, end) === -1 &&
      !(end === start && isDocumentMark(this.#text, end));
    if (isContinued) [this.#lineStart, this.#at] = [start, end];
    return isContinued;
  }

  /** A text that a colon follows, not in brackets. */
  #key(name: string, start: number, column: number): void {
    if (start < this.#lineStart) {
      throw new YamlError(
        "indented too far: this continues the text before it",
        endOfSpace(this.#text, this.#lineStart),
      );
    }
    if (this.#hasKey) {
      const words =
        'a second ": " on one line; a text that has one needs quotes';
      throw new YamlError(words, this.#at);
    }
    const anchor = this.#structure.pendingSince(this.#lineStart);
    if (anchor !== undefined) {
      throw new YamlError("an anchor before a key, on one line", anchor);
    }
    this.#structure.settleBlock(column, false);
    this.#structure.block(column, start);
    this.#structure.key(name, start);
    this.#hasKey = true;
    this.#at = this.#text.indexOf(":", this.#at) + 1;
  }

  /** After a value in brackets another may come; elsewhere nothing else stands on the line. */
  #endValue(): void {
    this.#wantsValue = false;
    if (this.#structure.inBrackets) return;
    const at = endOfSpace(this.#text, this.#at);
    if (isEndOfLine(this.#text, at)) return;
    throw new YamlError("unexpected text after the value", at);
  }

  /** Whether what was just read is a key. */
  #isBeforeColon(): boolean {
    const at = endOfSpace(this.#text, this.#at);
    if (this.#text[at] !== ":") return false;
    return this.#structure.inBrackets || isSpace(this.#text, at + 1);
  }
}
