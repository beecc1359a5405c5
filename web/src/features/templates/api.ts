import { get, ONCE, patch, post, remove } from '@/shared/api/client';
import { ApiError } from '@/shared/api/problem';
import type { Answer, Body } from '@/shared/api/types';

export type Template = Answer<'/api/v1/report-templates', 'get'>['items'][number];
/** What a person says of a template, and what it says. */
export type Words = Required<Omit<Body<'/api/v1/report-templates', 'post'>, 'is_shared'>>;
type Change = Body<'/api/v1/report-templates/{template_id}', 'patch'>;

/** The person's own and shared ones, by name. */
export async function fetchTemplates(signal?: AbortSignal): Promise<Template[]> {
  return (await get('/api/v1/report-templates', signal ? { signal } : {})).items;
}

/** Not repeated where no answer comes: the name would be taken by itself. */
export function createTemplate(words: Words): Promise<Template> {
  return post('/api/v1/report-templates', { ...words, is_shared: false }, ONCE);
}

/** Raises ApiError `stale-edit` where somebody has changed it since this revision. */
export function changeTemplate(
  { id, revision }: Pick<Template, 'id' | 'revision'>,
  change: Change,
): Promise<Template> {
  return patch('/api/v1/report-templates/{template_id}', change, {
    path: { template_id: id },
    ifMatch: `"${revision}"`,
    ...ONCE,
  });
}

/** Delete it; that it is gone already is as good. Raises as `changeTemplate`. */
export async function deleteTemplate({ id, revision }: Template): Promise<void> {
  try {
    await remove('/api/v1/report-templates/{template_id}', {
      path: { template_id: id },
      ifMatch: `"${revision}"`,
    });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'stale-edit';
}

export function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'template-not-found';
}

/** The route is not for the person's role. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}
