import { Button, DescriptionList, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useId } from 'react';
import type { AuditEvent } from '../api/views';
import { CopyId } from '../ui/CopyId';
import { duration, moment } from '../ui/format';
import { Plain } from '../ui/Plain';
import { Copyable } from '../ui/Teach';
import { Term } from '../ui/Term';

/** All that the log holds about one event. */
export function EventDetails({ event, onClose }: { event: AuditEvent; onClose: () => void }) {
    const id = useId();
    return (
        <Modal isOpen variant="medium" onClose={onClose} aria-labelledby={id}>
            <ModalHeader title={event.event_type} labelId={id} description={moment(event.timestamp)} />
            <ModalBody>
                <div className="gantry-stack">
                    <DescriptionList isHorizontal isCompact>
                        <Term name="Result">
                            {event.result}
                            {event.reason !== undefined && event.reason !== '' && `: ${event.reason}`}
                        </Term>
                        <Term name="By">
                            {event.actor?.user ?? 'nobody known'}
                            {event.actor?.address !== undefined && ` from ${event.actor.address}`}
                        </Term>
                        <Term name="What">{event.resource ?? '–'}</Term>
                        {event.team !== undefined && <Term name="Team">{event.team}</Term>}
                        {event.duration_ms !== undefined && <Term name="Took">{duration(event.duration_ms)}</Term>}
                        <Term name="Id">
                            <CopyId id={event.id} what="the id of the event" />
                        </Term>
                        {event.request_id !== undefined && (
                            <Term name="Request">
                                <CopyId id={event.request_id} what="the id of the request" />
                            </Term>
                        )}
                        {event.trace_id !== undefined && (
                            <Term name="Trace">
                                <CopyId id={event.trace_id} what="the id of the trace" />
                            </Term>
                        )}
                        {Object.entries(event.details ?? {}).map(([name, value]) => (
                            <Term key={name} name={name.replaceAll('_', ' ')}>
                                <Plain text={typeof value === 'string' ? value : JSON.stringify(value)} />
                            </Term>
                        ))}
                    </DescriptionList>
                    <details>
                        <summary>The whole event</summary>
                        <pre className="gantry-text" tabIndex={0}>
                            <Plain text={JSON.stringify(event, null, 2)} />
                        </pre>
                    </details>
                    <p className="gantry-subtle">Its proof, to be checked without this server:</p>
                    <Copyable text={`gantry audit prove ${event.id}`} label="the command" />
                </div>
            </ModalBody>
            <ModalFooter>
                <Button onClick={onClose}>Close</Button>
            </ModalFooter>
        </Modal>
    );
}
