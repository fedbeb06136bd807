/** A YAML text that cannot be a config. */
export class YamlError extends SyntaxError {
  override name = "YamlError";

  /** @param offset Where in the text, in UTF-16 code units. */
  constructor(message: string, readonly offset: number) {
    super(message);
  }
}
