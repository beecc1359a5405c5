import {
  useEffect,
  useRef,
  useState,
  type ChangeEvent,
  type RefObject,
  type SubmitEvent,
} from 'react';
import { useTranslation } from 'react-i18next';

import { ApiError } from '@/shared/api/problem';

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Values<Name extends string> = Record<Name, string>;
type Errors<Name extends string> = Partial<Record<Name, string>>;

interface Options<Name extends string> {
  initial: Values<Name>;
  /** Fields that may stay empty; the others are asked for. */
  optional?: readonly Name[];
  /** What is wrong with the values as far as the browser can tell; the gateway's answer is the truth. */
  check?: (values: Values<Name>) => Errors<Name>;
  /** The field that a refusal is about, by the refusal's code. */
  places?: Partial<Record<string, Name>>;
  send: (values: Values<Name>) => Promise<void>;
}

export interface Form<Name extends string> {
  values: Values<Name>;
  busy: boolean;
  /** What went wrong and belongs to no field. */
  error: unknown;
  field: (name: Name) => {
    name: Name;
    value: string;
    error: string | undefined;
    required: boolean;
    onChange: (event: ChangeEvent<Control>) => void;
  };
  /** For the form element: spread it. */
  form: {
    ref: RefObject<HTMLFormElement | null>;
    noValidate: true;
    onSubmit: (event: SubmitEvent) => void;
  };
  /** Check the values as sending would: say what is wrong, lead there, and tell whether all is well. */
  validate: () => boolean;
  reset: () => void;
}

/** A form's values and what is wrong with them. A failed attempt leads to the first field that has to change. */
export function useForm<Name extends string>(options: Options<Name>): Form<Name> {
  const { t } = useTranslation();
  const [values, setValues] = useState(options.initial);
  const [errors, setErrors] = useState<Errors<Name>>({});
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [attempts, setAttempts] = useState(0);
  const element = useRef<HTMLFormElement>(null);
  const optional = (name: Name) => options.optional?.includes(name) ?? false;

  useEffect(() => {
    if (attempts > 0) element.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [attempts]);

  const refuse = (problems: Errors<Name>, failure: unknown = null) => {
    setErrors(problems);
    setError(failure);
    setAttempts((count) => count + 1);
  };

  const validate = (): boolean => {
    const missing = namesOf(values).filter((name) => !values[name].trim() && !optional(name));
    const asked = Object.fromEntries(missing.map((name) => [name, t('required')]));
    const problems = { ...options.check?.(values), ...(asked as Errors<Name>) };
    refuse(problems);
    return Object.keys(problems).length === 0;
  };

  const send = async () => {
    if (!validate()) return;
    setBusy(true);
    try {
      await options.send(values);
    } catch (failure) {
      const placed = placedErrors(failure, namesOf(values), options.places);
      refuse(placed, Object.keys(placed).length > 0 ? null : failure);
    } finally {
      setBusy(false);
    }
  };

  return {
    values,
    busy,
    error,
    field: (name) => ({
      name,
      value: values[name],
      error: errors[name],
      required: !optional(name),
      onChange: ({ target }) => {
        setValues((before) => ({ ...before, [name]: target.value }));
        setErrors((before) => ({ ...before, [name]: undefined }));
      },
    }),
    form: {
      ref: element,
      noValidate: true,
      onSubmit: (event) => {
        event.preventDefault();
        if (!busy) void send();
      },
    },
    validate,
    reset: () => {
      setValues(options.initial);
      setErrors({});
      setError(null);
    },
  };
}

function placedErrors<Name extends string>(
  failure: unknown,
  names: Name[],
  places: Options<Name>['places'] = {},
): Errors<Name> {
  if (!(failure instanceof ApiError)) return {};
  const errors: Errors<Name> = {};
  for (const name of names) {
    const words = places[failure.code] === name ? failure.detail : failure.fields[name];
    if (words) errors[name] = words;
  }
  return errors;
}

function namesOf<Name extends string>(values: Values<Name>): Name[] {
  return Object.keys(values) as Name[];
}
