// @ts-check
/** Python source cut into pieces that are colored alike. It need not be a parser: what it does not know stays plain. */

/** @typedef {{kind: "comment" | "string" | "number" | "keyword" | "plain", text: string}} Piece */

const KEYWORDS = new Set(
  (
    "False None True and as assert break class continue def del elif else except finally for from global if import in is " +
    "lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);
const PIECES =
  /(?<comment>#.*)|(?<string>[rbfRBF]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))|(?<number>\b(?:0[xX][\da-fA-F_]+|\d[\d_]*\.?[\d_]*(?:[eE][-+]?\d+)?)|\B\.\d+)|(?<word>[\p{L}_][\p{L}\p{N}_]*)/gu;

/**
 * The lines of a source, each as its pieces.
 * @param {string} source
 * @returns {Piece[][]}
 */
export function colored(source) {
  /** @type {Piece[][]} */
  const lines = [[]];
  /** @param {Piece["kind"]} kind @param {string} content */
  const put = (kind, content) => {
    content.split("\n").forEach((part, place) => {
      if (place) lines.push([]);
      if (!part) return;
      const line = /** @type {Piece[]} */ (lines.at(-1));
      const last = line.at(-1);
      if (last && last.kind === kind) last.text += part;
      else line.push({ kind, text: part });
    });
  };
  let done = 0;
  for (const found of source.matchAll(PIECES)) {
    const groups = /** @type {Record<string, string | undefined>} */ (found.groups);
    put("plain", source.slice(done, found.index));
    done = found.index + found[0].length;
    if (groups.comment !== undefined) put("comment", found[0]);
    else if (groups.string !== undefined) put("string", found[0]);
    else if (groups.number !== undefined) put("number", found[0]);
    else put(KEYWORDS.has(found[0]) ? "keyword" : "plain", found[0]);
  }
  put("plain", source.slice(done));
  return lines;
}
