import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { looksLikeEmail } from '@/shared/accounts';
import { useForm, type Form } from '@/shared/hooks/useForm';

import { changeUser, fetchUser, isStale, type User } from '../api';
import { roleOf } from '../people';
import { saidInWords } from '../refusals';

export type ProfileField = 'full_name' | 'email' | 'role' | 'site_id';
export type Profile = Record<ProfileField, string>;

/** An account as a form holds it. */
export function profileOf(user: User): Profile {
  return {
    full_name: user.full_name,
    email: user.email ?? '',
    role: user.role,
    site_id: user.site_id,
  };
}

interface UserForm extends Form<ProfileField> {
  isChanged: boolean;
  /** What somebody else has made of the account since it was loaded. */
  conflict: User | null;
  /** Save once more, in the place of what somebody else has made of it. */
  saveOver: (seen: User) => void;
}

/** What an administrator changes of somebody's account. */
export function useUserForm(user: User, onSaved: (user: User) => void): UserForm {
  const { t } = useTranslation('people');
  const [conflict, setConflict] = useState<User | null>(null);
  const seen = useRef(user);
  const initial = profileOf(user);

  // What was pressed beside the form has made a newer version, and left alone what the form holds.
  useEffect(() => {
    if (isSame(profileOf(user), profileOf(seen.current))) seen.current = user;
  }, [user]);

  const form = useForm<ProfileField>({
    initial,
    // The gateway takes an empty name, and leaves an address as it is that nobody has given.
    optional: user.email ? ['full_name'] : ['full_name', 'email'],
    check: ({ email }) =>
      email.trim() && !looksLikeEmail(email) ? { email: t('emailWrong') } : {},
    places: { 'last-admin': 'role', 'own-account': 'role', 'unknown-site': 'site_id' },
    send: (values) =>
      saidInWords(t, async () => {
        setConflict(null);
        const saved = await save(seen.current, values);
        if (!saved.isDone) {
          setConflict(saved.user);
          return;
        }
        seen.current = saved.user;
        onSaved(saved.user);
      }),
  });
  return {
    ...form,
    isChanged: !isSame(form.values, initial),
    conflict,
    saveOver: (other) => {
      seen.current = other;
      form.form.ref.current?.requestSubmit();
    },
  };
}

function isSame(first: Profile, second: Profile): boolean {
  const names = Object.keys(second) as ProfileField[];
  return names.every((name) => first[name].trim() === second[name]);
}

interface Saved {
  isDone: boolean;
  /** The account as it is now: changed, or as somebody else has left it. */
  user: User;
}

/** Save it, or find out what is there instead where somebody else has changed it, unless that is the same. */
async function save(user: User, values: Profile): Promise<Saved> {
  const { full_name: fullName, email, role, site_id: siteId } = values;
  const change = {
    full_name: fullName.trim(),
    email: email.trim() || null,
    role: roleOf(role),
    site_id: siteId,
  };
  try {
    return { isDone: true, user: await changeUser(user, change) };
  } catch (error) {
    if (!isStale(error)) throw error;
    const now = await fetchUser(user.id);
    // The same: an answer to an earlier attempt was lost.
    return { isDone: isSame(values, profileOf(now)), user: now };
  }
}
