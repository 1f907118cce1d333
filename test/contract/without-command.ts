/** Operations that no command prints as JSON, and what has them instead. A test of their own asks the API alone. */
export const withoutCommand: Record<string, string> = {
  health: 'for probes; `doctor` uses the status',
  openapi: 'for programs',
  databaseRestored: '`doctor --restored` prints its findings, and says on stderr what it did',
  adoptTemporal: '`doctor --adopt-temporal` prints its findings, and says on stderr what it adopted',
  status: '`status` prints the parts of the installation on this machine, and this answer under `server`',
  listOpenRuns: '`down` refuses because of them',
  listRuns: '`releases logs` finds its run by them; `releases get` prints them inside the release',
  readLog: '`releases logs` copies it byte for byte, in any format',
  watchRelease: '`releases watch` prints a line a change, and at its end the release',
};
