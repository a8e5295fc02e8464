/** Code units up to which putting marks in order costs nothing that anybody notices. */
const SHORT = 1000;
/** Marks on one letter: Unicode's own limit for text that is processed as it comes (UAX 15, Stream-Safe Text). */
const MOST_MARKS = 30;
/** Combining marks, and the two letters that become some in NFKC. */
const MARKS = /[\p{M}\uFF9E\uFF9F]+/gu;

/**
 * Text in one form of Unicode. Marks that follow each other are put in order, and the time for that grows
 * with the square of how many there are: 300 kB of them took 18 seconds. Text with more of them on a letter
 * than any script has is nothing that anybody compares with, and stays as it is.
 */
export function normalForm(text: string, form: 'NFC' | 'NFKC'): string {
  if (text.length > SHORT) {
    for (const [marks] of text.matchAll(MARKS)) if (marks.length > MOST_MARKS) return text;
  }
  return text.normalize(form);
}
