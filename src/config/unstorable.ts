/** Why a text can be neither stored nor sent: half of a surrogate pair has no UTF-8, and PostgreSQL refuses U+0000. */
export function unstorable(text: string): string | undefined {
  if (text.includes('\0')) return 'text cannot hold the character U+0000';
  return /\p{Surrogate}/u.test(text) ? 'text cannot hold half of a surrogate pair' : undefined;
}
