/**
 * The text format of Prometheus, taken apart.
 *
 * @module
 */

/** A metric with all of its samples. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: Sample[];
}

/** One line. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Labels that a sample must have; the undefined ones are not asked for. */
export type Labels = Readonly<Record<string, string | undefined>>;

/** The metrics of one scrape. */
export class PrometheusText {
  readonly families: readonly Family[];

  /** @throws {SyntaxError} At the first line that is not of the format. */
  constructor(text: string) {
    this.families = parse(text);
  }

  /** The value of the only sample with these labels, and any others. */
  value(name: string, labels: Labels = {}): number {
    const found = this.samples(name, labels);
    if (found.length !== 1) {
      const wanted = JSON.stringify(labels);
      throw new Error(`${found.length} samples of ${name} have ${wanted}`);
    }
    return found[0].value;
  }

  /** The sum of all samples with these labels. */
  sum(name: string, labels: Labels = {}): number {
    return this.samples(name, labels)
      .reduce((sum, { value }) => sum + value, 0);
  }

  /** Whether there is a sample with these labels. */
  has(name: string, labels: Labels = {}): boolean {
    return this.samples(name, labels).length > 0;
  }

  /** Every sample of that name, `…_bucket` and the like included, with these labels. */
  samples(name: string, labels: Labels = {}): Sample[] {
    return this.families.flatMap(({ samples }) => samples)
      .filter((sample) => sample.name === name)
      .filter((sample) =>
        Object.entries(labels).every(([key, value]) =>
          value === undefined || sample.labels[key] === value
        )
      );
  }
}

function parse(text: string): Family[] {
  const families: Family[] = [];
  for (const line of text.trimEnd().split("\n")) {
    const help = /^# HELP (\w+) (.+)$/.exec(line);
    const type = /^# TYPE (\w+) (counter|gauge|histogram|summary)$/.exec(line);
    const family = families.at(-1);
    if (help) {
      families.push({ name: help[1], help: help[2], type: "", samples: [] });
    } else if (type && family?.name === type[1]) {
      families[families.length - 1] = { ...family, type: type[2] };
    } else if (line !== "") {
      if (!family) throw new SyntaxError(`A sample without a family: ${line}`);
      family.samples.push(parseSample(line));
    }
  }
  return families;
}

function parseSample(line: string): Sample {
  const match = /^(\w+)(?:\{(.*)\})? ([-+.\w]+)$/.exec(line);
  if (!match) throw new SyntaxError(`Not a sample: ${line}`);
  const [, name, labels = "", value] = match;
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)/g)];
  if (pairs.map(([pair]) => pair).join("") !== labels) {
    throw new SyntaxError(`Not labels: ${line}`);
  }
  return {
    name,
    labels: Object.fromEntries(
      pairs.map(([, key, text]) => [key, unescape(text)]),
    ),
    value: Number(value.replace("Inf", "Infinity")),
  };
}

function unescape(text: string): string {
  return text.replaceAll(
    /\\(.)/g,
    (_, escaped) => escaped === "n" ? "\n" : escaped,
  );
}
