import { DescriptionList, Label, ToggleGroup, ToggleGroupItem } from '@patternfly/react-core';
import { organizationName, useSession } from '../session/session';
import { Time } from '../ui/format';
import { PageFrame } from '../ui/PageFrame';
import { Panel } from '../ui/Panel';
import { Term } from '../ui/Term';
import { setZone, useZone } from '../ui/zone';
import { Security } from './Security';
import { OwnSessions } from './Sessions';

/** Who one is here, what one may do, and where one is signed in. */
export default function Account() {
    const { session } = useSession();
    const layers = session.permissions.every((each) => Array.isArray(each))
        ? (session.permissions as string[][])
        : [session.permissions as string[]];
    return (
        <PageFrame title="Your account" lead={session.user.name}>
            <div className="gantry-grid">
                <Panel title="Who you are">
                    <DescriptionList isCompact>
                        <Term name="Organization">{organizationName(session)}</Term>
                        <Term name="Teams">{session.teams.join(', ') || 'none'}</Term>
                        <Term name="Roles">{session.roles.join(', ') || 'none'}</Term>
                        <Term name="Signed in with">{session.provider.replaceAll('_', ' ')}</Term>
                        <Term name="Session ends">
                            <Time at={session.expires_at} />, or earlier when it is not used
                        </Term>
                        <Term name="Times are shown in">
                            <Zones />
                        </Term>
                    </DescriptionList>
                </Panel>
                <Panel title="What you may do">
                    {layers.map((layer, index) => (
                        <div key={index}>
                            {index > 0 && <p className="gantry-subtle">and of that only:</p>}
                            <div className="gantry-row">
                                {layer.map((each) => (
                                    <Label key={each} isCompact>
                                        {each === '*' ? 'everything' : each}
                                    </Label>
                                ))}
                            </div>
                        </div>
                    ))}
                </Panel>
            </div>
            {session.user.kind === 'user' && <Security />}
            <OwnSessions />
        </PageFrame>
    );
}

function Zones() {
    const zone = useZone();
    const local = Intl.DateTimeFormat().resolvedOptions().timeZone;
    return local === 'UTC' ? (
        <>UTC, the time zone of this machine</>
    ) : (
        <ToggleGroup aria-label="Times are shown in" isCompact>
            <ToggleGroupItem
                text={local}
                isSelected={zone === 'local'}
                onChange={() => setZone('local')}
            />
            <ToggleGroupItem text="UTC" isSelected={zone === 'UTC'} onChange={() => setZone('UTC')} />
        </ToggleGroup>
    );
}
