/** The sentences of somebody's notes, each once, without the marks that make
 * lists and headings of them. At most a hundred. */
export function sentences(notes: string): string[] {
  const lines = notes.split('\n').map((line) => line.replace(/^\s*([-*+]|\d+\.|#{1,6}|>)\s+/, '').trim())
  const all = lines.flatMap((line) => line.match(/[^.!?…;]+(?:[.!?…]+["”’)]*|;|$)/g) ?? []).map((s) => s.trim().replace(/;$/, ''))
  return [...new Set(all.filter((s) => /\p{L}/u.test(s)))].slice(0, 100)
}
