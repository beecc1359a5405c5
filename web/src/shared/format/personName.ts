/**
 * Return a DICOM person name (PS3.5 6.2.1) as people read it: `DOE^JANE^M^DR` becomes `DOE, JANE M (DR)`.
 *
 * Takes the first non-empty group (alphabetic, ideographic, phonetic). Control and bidirectional override
 * characters are dropped, since a name from a file must not rearrange the page. Empty when there is no name.
 */
export function personName(pn: string): string {
  const group = pn.split('=').find((candidate) => clean(candidate).replaceAll('^', '') !== '');
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = (group ?? '')
    .split('^')
    .map(clean);
  const forenames = joined([given, middle], ' ');
  const titles = joined([prefix, suffix], ', ');
  return joined([joined([family, forenames], ', '), titles && `(${titles})`], ' ');
}

function clean(component: string): string {
  return component.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '').trim();
}

function joined(parts: string[], separator: string): string {
  return parts.filter(Boolean).join(separator);
}
