import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Problem } from '../api/client';

const MODELS = <Link to="/models">Look how models are</Link>;

/** What one does next about a refusal, by its code; nothing where its text says enough. */
const STEPS: Record<string, ReactNode> = {
    permission_denied: (
        <>
            <Link to="/account">Look what you may do</Link>, and ask whoever administers your organization for a role
            that has it.
        </>
    ),
    rate_limited: (
        <>
            <Link to="/limits">Look which limits hold for you</Link>.
        </>
    ),
    budget_exceeded: (
        <>
            <Link to="/usage?tab=budgets">Look how budgets stand</Link>; who may change them can raise one for a time.
        </>
    ),
    quota_exceeded: (
        <>
            <Link to="/limits">Look at the quotas</Link>, and delete what is no longer needed.
        </>
    ),
    content_blocked: (
        <>
            <Link to="/guard">Try the text with the guard</Link> to see what it finds, and leave that out.
        </>
    ),
    not_approved: (
        <>
            <Link to="/reviews">Look at its review</Link>, or run the newest approved version by the plain name.
        </>
    ),
    unknown_model: <>{MODELS}, and choose another.</>,
    unknown_pattern: (
        <>
            <Link to="/registry">Look it up in the registry</Link>; a team's patterns are seen by its members.
        </>
    ),
    unsupported_by_model: <>{MODELS}, and choose another.</>,
    provider_unavailable: <>{MODELS}, choose another, or try again in a moment.</>,
    provider_timeout: <>{MODELS}, choose a faster one, or give it less to work on.</>,
    provider_bad_reply: <>{MODELS}, choose another, or try again.</>,
    provider_rate_limited: <>{MODELS}, choose one of another provider, or wait.</>,
    provider_authentication: <>The provider does not take the operator's key. {MODELS}, and tell the operator.</>,
    provider_rejected: <>{MODELS}, and choose another if the request is as it should be.</>,
};

/** Leads on from a refusal. */
export function NextStep({ problem }: { problem: Problem }) {
    const step = STEPS[problem.code];
    return step === undefined ? null : <span className="gantry-next">{step}</span>;
}
