/** Cells with everything that looks like the end of a cell, of a record or of a character. */
const notes = [
  'plain',
  '',
  'a,b',
  'she said "no"',
  'two\nlines',
  'zwei\r\nZeilen',
  '🧊 Eisberg',
  'ünïcödé',
  '"',
  ' padded ',
  'é',
  "it's",
];

/** A CSV file of orders with awkward cells, about 95 bytes a row. The same arguments give the same text. */
export function awkwardOrders(rows: number, firstId = 1): string {
  const lines = ['order_id,ordered_at,amount,day,is_paid,"the ""note""",__proto__,constructor'];
  for (let id = firstId; id < firstId + rows; id++) {
    const time = new Date(Date.UTC(2026, 0, 1) + id * 61_000).toISOString().slice(0, 19).replace('T', ' ');
    const note = `${notes[id % notes.length]}${id % 5 === 0 ? ' and more of it, to make the row longer' : ''}`;
    const quoted = `"${note.replaceAll('"', '""')}"`;
    const cells = [
      id,
      time,
      `${(id * 7919) % 100_000}.${10 + (id % 90)}`,
      time.slice(0, 10),
      id % 3 === 0,
      quoted,
      id % 11 === 0 ? '' : id,
      'x',
    ];
    lines.push(cells.join(','));
  }
  return `${lines.join('\n')}\n`;
}
