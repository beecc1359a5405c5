import type { TFunction } from 'i18next';

import { ApiError } from '@/shared/api/problem';

/** What the gateway may refuse, for which there are words in the language of the page. */
const KNOWN = [
  'username-taken',
  'unknown-site',
  'last-admin',
  'own-account',
  'user-not-found',
  'site-name-taken',
  'site-not-found',
  'invitation-not-found',
  'invitation-closed',
  'stale-edit',
  'role-forbidden',
] as const;

const FIELDS = ['username', 'full_name', 'email', 'role', 'site_id', 'name'] as const;

/** Return the same error in the language of the page, as far as there are words for it. */
export function inWords(error: unknown, t: TFunction<'people'>): unknown {
  if (!(error instanceof ApiError)) return error;
  const code = KNOWN.find((known) => known === error.code);
  const fields = Object.fromEntries(
    Object.entries(error.fields).map(([name, detail]) => {
      const known = FIELDS.find((field) => field === name);
      return [name, known ? t(`refused.field.${known}`) : detail];
    }),
  );
  const { status, title, detail, traceId, retryAfter, facts } = error;
  return new ApiError({
    ...{ status, code: error.code, title, detail, traceId, fields, retryAfter, facts },
    ...(code && { title: t('refused.title'), detail: t(`refused.${code}`) }),
  });
}

/** Do something; what the gateway refuses is raised in the language of the page. */
export async function saidInWords<T>(t: TFunction<'people'>, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw inWords(error, t);
  }
}
