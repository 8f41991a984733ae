import { DescriptionList } from '@patternfly/react-core';
import { Plain } from './Plain';
import { Term } from './Term';

/** More names than these are no longer read one by one. */
const NAMES_MAX = 30;

/** A value as people read it: text as it is, names with their values, and only what is nested deeper as JSON. */
export function Value({ value, label }: { value: unknown; label: string }) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        const entries = Object.entries(value);
        if (entries.length <= NAMES_MAX) {
            return (
                <DescriptionList isCompact aria-label={label}>
                    {entries.map(([name, each]) => (
                        <Term key={name} name={name}>
                            <Inner value={each} label={`${label}: ${name}`} />
                        </Term>
                    ))}
                </DescriptionList>
            );
        }
    }
    return <Inner value={value} label={label} />;
}

function Inner({ value, label }: { value: unknown; label: string }) {
    if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') {
        return <>{value === null || value === undefined ? '–' : String(value)}</>;
    }
    return (
        <pre className="gantry-text" tabIndex={0} role="group" aria-label={label}>
            <Plain text={typeof value === 'string' ? value : JSON.stringify(value, null, 2)} />
        </pre>
    );
}
