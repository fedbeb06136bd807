/**
 * The lists, mappings and anchors that are open while a YAML text is scanned,
 * and the bounds on them.
 *
 * @module
 */

import { printable } from "../base/printable.ts";
import { YamlError } from "./yaml_error.ts";

/** What a text may hold at most. */
export interface YamlBounds {
  /** Lists and mappings in one another. */
  readonly depth: number;
  /** Keys, values and aliases. */
  readonly nodes: number;
}

/** A name of the file, in an error. */
const MAX_SHOWN = 40;

/** Keeps book for the scanner, which tells it what it finds. Every method throws a {@linkcode YamlError} for what cannot be. */
export class YamlStructure {
  readonly #bounds: YamlBounds;
  /** Lists and mappings by indentation, and the keys of the mapping. */
  readonly #blocks: { column: number; keys: Set<string> }[] = [];
  /** Those in brackets. */
  readonly #brackets: { at: number; isMapping: boolean; keys: Set<string> }[] =
    [];
  /** Whether nothing or an empty text stands at an anchor. */
  readonly #anchors = new Map<string, { isEmpty: boolean }>();
  /** An anchor whose value has not come yet, and the column of what it is in. */
  #pending: { name: string; column: number; at: number } | undefined;
  #nodes = 0;

  constructor(bounds: YamlBounds) {
    this.#bounds = bounds;
  }

  get inBrackets(): boolean {
    return this.#brackets.length > 0;
  }

  /** Whether the innermost brackets are those of a mapping. */
  get inBraces(): boolean {
    return this.#brackets.at(-1)?.isMapping ?? false;
  }

  /** Where the innermost list or mapping by indentation begins; -1 without one. */
  get column(): number {
    return this.#blocks.at(-1)?.column ?? -1;
  }

  /** A value. Without brackets it is counted already, as the key or the item that it belongs to. */
  value(at: number): void {
    if (this.inBrackets) this.#count(at);
  }

  #count(at: number): void {
    if (++this.#nodes <= this.#bounds.nodes) return;
    throw new YamlError(`more than ${this.#bounds.nodes} keys and values`, at);
  }

  /** An item of a list or a key of a mapping, by indentation. */
  block(column: number, at: number): void {
    const before = this.column;
    while (this.column > column) this.#blocks.pop();
    if (this.column < column) {
      if (before > column) {
        throw new YamlError("this indentation matches no line above", at);
      }
      this.#blocks.push({ column, keys: new Set() });
    }
    this.#checkDepth(at);
    this.#count(at);
  }

  /** The name of a key, of the innermost mapping. */
  key(name: string, at: number): void {
    const { keys } = this.#brackets.at(-1) ?? this.#blocks.at(-1)!;
    if (keys.has(name)) {
      const shown = printable(name, MAX_SHOWN);
      throw new YamlError(`duplicate key "${shown}" in one mapping`, at);
    }
    keys.add(name);
  }

  openBracket(isMapping: boolean, at: number): void {
    this.settle(false);
    this.value(at);
    this.#brackets.push({ at, isMapping, keys: new Set() });
    this.#checkDepth(at);
  }

  /** Returns where it was opened; of one that was not, `at`. */
  closeBracket(at: number): number {
    this.settle(true);
    return this.#brackets.pop()?.at ?? at;
  }

  anchor(name: string, at: number): void {
    if (this.#pending) throw new YamlError("a second anchor", at);
    this.#pending = { name, column: this.column, at };
    this.#anchors.set(name, { isEmpty: false });
  }

  alias(name: string, at: number): void {
    const anchor = this.#anchors.get(name);
    const shown = printable(name, MAX_SHOWN);
    if (!anchor) {
      throw new YamlError(
        `no "&${shown}" before the alias "*${shown}"; a text that begins with "*" needs quotes`,
        at,
      );
    }
    // The empty text is among what @std/yaml takes for no alias at all.
    if (anchor.isEmpty) {
      throw new YamlError(`the alias "*${shown}" has no value`, at);
    }
    this.value(at);
  }

  /** Before the item or key of a block: it begins the value of the last anchor, or comes in the place of one. */
  settleBlock(column: number, isItem: boolean): void {
    const limit = this.#pending?.column ?? 0;
    this.settle(isItem ? column < limit : column <= limit);
  }

  /** A text, the value of the last anchor. `lineStart` is that of the line on which it begins. */
  settleText(isEmpty: boolean, lineStart: number): void {
    // @std/yaml 1.2.0 gives an alias of one on another line an empty mapping.
    if (this.#pending && !this.inBrackets && this.#pending.at < lineStart) {
      const { at } = this.#pending;
      throw new YamlError("an anchor and its text on different lines", at);
    }
    this.settle(isEmpty);
  }

  /** The value of the last anchor has come, or never will. */
  settle(isEmpty: boolean): void {
    if (this.#pending) this.#anchors.set(this.#pending.name, { isEmpty });
    this.#pending = undefined;
  }

  /** An anchor that waits for its value on this line. */
  pendingSince(lineStart: number): number | undefined {
    const at = this.#pending?.at ?? -1;
    return at >= lineStart ? at : undefined;
  }

  end(): void {
    const open = this.#brackets.at(-1);
    if (!open) return;
    const bracket = open.isMapping ? "{" : "[";
    throw new YamlError(`"${bracket}" is never closed`, open.at);
  }

  #checkDepth(at: number): void {
    const { depth } = this.#bounds;
    if (this.#blocks.length + this.#brackets.length <= depth) return;
    throw new YamlError(`nested more than ${depth} levels deep`, at);
  }
}
