import { MODALITY_GROUPS, groupOf, type ModalityGroup } from '@/shared/modality';
import { SERVICE_LEVELS, type ServiceLevel } from '@/shared/preferences';

import type { ListQuery, Study, StudyStatus } from './api';

export const SHARES = ['unread', 'mine', 'all'] as const;
/** Which part of the worklist: what nobody reads yet, what the person reads, or everything. */
export type Share = (typeof SHARES)[number];

/** By which states each part can be narrowed: what nobody reads yet is in one. */
export const STATUSES: Record<Share, readonly StudyStatus[]> = {
  unread: [],
  mine: ['pending', 'additional_data_required', 'ready'],
  all: ['assigned', 'pending', 'additional_data_required', 'ready'],
};

/** What of the worklist is shown; null stands for all. Nothing of it is about a patient: it may stand in an address. */
export interface View {
  share: Share;
  status: StudyStatus | null;
  serviceLevel: ServiceLevel | null;
  modality: ModalityGroup | null;
  siteId: string | null;
}

export const WHOLE: Omit<View, 'share'> = {
  status: null,
  serviceLevel: null,
  modality: null,
  siteId: null,
};

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Return what an address asks for; what it says that makes no sense counts as not said. */
export function viewFrom(address: URLSearchParams): View {
  const oneOf = <T extends string>(name: string, known: readonly T[]): T | null =>
    known.find((value) => value === address.get(name)) ?? null;
  const share = oneOf('part', SHARES) ?? 'unread';
  const siteId = address.get('site');
  return {
    share,
    status: oneOf('status', STATUSES[share]),
    serviceLevel: oneOf('priority', SERVICE_LEVELS),
    modality: oneOf('modality', MODALITY_GROUPS),
    siteId: siteId && ID.test(siteId) ? siteId : null,
  };
}

/** Return the part of an address that asks for this. */
export function addressOf(view: View): URLSearchParams {
  const said = {
    part: view.share === 'unread' ? null : view.share,
    status: view.status,
    priority: view.serviceLevel,
    modality: view.modality,
    site: view.siteId,
  };
  return new URLSearchParams(
    Object.entries(said).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}

/** Return the view with another part: a state that it does not have is no longer asked for. */
export function ofShare(view: View, share: Share): View {
  const { status } = view;
  return { ...view, share, status: status && STATUSES[share].includes(status) ? status : null };
}

/** Return what the API is asked for. */
export function queryOf({ share, status, serviceLevel, modality, siteId }: View): ListQuery {
  return {
    share,
    ...(status && { status: [status] }),
    ...(serviceLevel && { service_level: [serviceLevel] }),
    ...(modality && { modality: [modality] }),
    ...(siteId && { site_id: siteId }),
  };
}

/** The names of what is narrowed, in the order of the form. */
export function narrowedBy(view: View): Exclude<keyof View, 'share'>[] {
  const names = ['status', 'serviceLevel', 'modality', 'siteId'] as const;
  return names.filter((name) => view[name] !== null);
}

/** Whether a study of this part of the worklist is among what the view shows. */
export function fits(study: Study, view: View): boolean {
  const wanted = [
    [view.status, study.status],
    [view.serviceLevel, study.service_level],
    [view.modality, groupOf(study.modality)],
    [view.siteId, study.site_id],
  ];
  return wanted.every(([value, own]) => value === null || value === own);
}
