import { Label } from '@patternfly/react-core';
import { count, dollars, duration } from '../ui/format';
import { Failure } from '../ui/Failure';
import { Loading, Panel } from '../ui/Panel';
import { Plain } from '../ui/Plain';
import { Copyable } from '../ui/Teach';
import type { ExecutionState } from './execution';
import type { DryRun } from '../api/views';

/** What came of an execution, and what it cost. */
export function Answer({ title, state }: { title: string; state: ExecutionState }) {
    return (
        <Panel title={title}>
            <div className="gantry-stack">
                {state.phase === 'idle' && (
                    <>
                        <p className="gantry-subtle">
                            The answer appears here as it is written. On the command line the same is:
                        </p>
                        <Copyable text="gantry run PATTERN FILE --stream" label="the command" />
                    </>
                )}
                {state.phase === 'running' && state.text === '' && <Loading what="the answer" />}
                {'text' in state && state.text !== '' && (
                    <div className="gantry-text" tabIndex={0} role="region" aria-label={`${title}: text`}>
                        <Plain text={state.text} />
                    </div>
                )}
                {state.phase === 'stopped' && <p className="gantry-subtle">Stopped. What was written is charged.</p>}
                {state.phase === 'failed' && <Failure error={state.error} title="There is no whole answer" />}
                {state.phase === 'preview' && <Preview preview={state.preview} />}
                {state.phase === 'done' && (
                    <>
                        <div className="gantry-row" role="status">
                            <Label isCompact status="success">
                                done
                            </Label>
                            <Label isCompact>{state.result.model}</Label>
                            <Label isCompact>{dollars(state.result.cost.micro_usd)}</Label>
                            <Label isCompact>
                                {count(state.result.usage.input_tokens)} + {count(state.result.usage.output_tokens)}{' '}
                                tokens
                                {state.result.usage.estimated ? ', estimated' : ''}
                            </Label>
                            <Label isCompact>{duration(state.result.metadata.duration_ms)}</Label>
                            {state.firstMs !== null && (
                                <Label isCompact>first word after {duration(state.firstMs)}</Label>
                            )}
                        </div>
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
            <div className="gantry-row" role="status">
                <Label isCompact status="info">
                    nothing was sent
                </Label>
                <Label isCompact>
                    {preview.model} at {preview.provider}
                </Label>
                <Label isCompact>{count(preview.tokens)} tokens</Label>
                <Label isCompact>prompt {dollars(preview.estimated_cost.input.micro_usd)}</Label>
                {preview.estimated_cost.at_most !== undefined && (
                    <Label isCompact>at most {dollars(preview.estimated_cost.at_most.micro_usd)}</Label>
                )}
            </div>
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
