/** Does `work(i)` for each i below `count`, at most `lanes` at a time. */
export async function atOnce({ count, lanes, work }) {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
