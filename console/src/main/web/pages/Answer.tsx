import { Label, Spinner } from '@patternfly/react-core';
import { CopyButton } from '../ui/CopyButton';
import { count, dollars, duration } from '../ui/format';
import { Failure } from '../ui/Failure';
import { Panel } from '../ui/Panel';
import { Plain } from '../ui/Plain';
import { Copyable } from '../ui/Teach';
import type { ExecutionState } from './execution';
import type { DryRun } from '../api/views';

/** What came of an execution, and what it cost. How it stands is said in one place that stays, so that it is announced. */
export function Answer({ title, pattern, state }: { title: string; pattern: string; state: ExecutionState }) {
    return (
        <Panel
            title={title}
            actions={
                'text' in state && state.text !== '' && state.phase !== 'running' ? (
                    <CopyButton text={state.text} what={`the text of: ${title}`} title="Copy" />
                ) : undefined
            }
        >
            <div className="gantry-stack">
                {state.phase === 'idle' && (
                    <>
                        <p className="gantry-subtle">
                            The answer appears here as it is written. On the command line the same is:
                        </p>
                        <Copyable text={`gantry run ${pattern === '' ? 'PATTERN' : pattern} FILE --stream`} label="the command" />
                    </>
                )}
                {'text' in state && state.text !== '' && (
                    <div className="gantry-text" tabIndex={0} role="region" aria-label={`${title}: text`}>
                        <Plain text={state.text} />
                    </div>
                )}
                <div className="gantry-row gantry-status" role="status">
                    <Standing state={state} />
                </div>
                {state.phase === 'failed' && <Failure error={state.error} title="There is no whole answer" />}
                {state.phase === 'preview' && <Preview preview={state.preview} />}
                {state.phase === 'done' && (
                    <>
                        {state.result.finish_reason !== 'stop' && (
                            <p>The answer ended for the reason: {state.result.finish_reason}.</p>
                        )}
                        <Warnings warnings={state.result.metadata.warnings ?? []} />
                    </>
                )}
            </div>
        </Panel>
    );
}

/** How an execution stands; of one that failed more is said elsewhere. */
function Standing({ state }: { state: ExecutionState }) {
    switch (state.phase) {
        case 'idle':
        case 'failed':
            return null;
        case 'running':
            return (
                <>
                    <Spinner size="md" aria-hidden="true" />
                    {state.text === '' ? 'Waiting for the answer …' : 'The answer is being written …'}
                </>
            );
        case 'stopped':
            return state.isDryRun ? 'Stopped. Nothing was sent.' : 'Stopped. What was written is charged.';
        case 'done': {
            const { model, cost, usage, metadata } = state.result;
            return (
                <>
                    <Label isCompact status="success">
                        done
                    </Label>
                    <Label isCompact>{model}</Label>
                    <Label isCompact>{dollars(cost.micro_usd)}</Label>
                    <Label isCompact>
                        {count(usage.input_tokens)} + {count(usage.output_tokens)} tokens
                        {usage.estimated ? ', estimated' : ''}
                    </Label>
                    <Label isCompact>{duration(metadata.duration_ms)}</Label>
                    {state.firstMs !== null && <Label isCompact>first word after {duration(state.firstMs)}</Label>}
                </>
            );
        }
        case 'preview': {
            const { model, provider, tokens, estimated_cost: cost } = state.preview;
            return (
                <>
                    <Label isCompact status="info">
                        nothing was sent
                    </Label>
                    <Label isCompact>
                        {model} at {provider}
                    </Label>
                    <Label isCompact>{count(tokens)} tokens</Label>
                    <Label isCompact>prompt {dollars(cost.input.micro_usd)}</Label>
                    {cost.at_most !== undefined && <Label isCompact>at most {dollars(cost.at_most.micro_usd)}</Label>}
                </>
            );
        }
    }
}

function Warnings({ warnings }: { warnings: string[] }) {
    return warnings.length === 0 ? null : (
        <ul className="gantry-list">
            {warnings.map((each) => (
                <li key={each}>{each}</li>
            ))}
        </ul>
    );
}

function Preview({ preview }: { preview: DryRun }) {
    return (
        <>
            <p className="gantry-subtle">Needs {preview.policy.permissions.join(' and ')}.</p>
            <Warnings warnings={preview.warnings} />
            {preview.messages.map((message, index) => (
                <section key={index} aria-label={`Message of ${message.role}`}>
                    <h3 className="gantry-subtle">{message.role}</h3>
                    <div className="gantry-text" tabIndex={0}>
                        <Plain text={message.content} />
                    </div>
                </section>
            ))}
        </>
    );
}
