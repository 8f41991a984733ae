import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client';
import type { BudgetGrant } from '../api/views';
import { useSession } from '../session/session';
import { DataTable } from '../ui/DataTable';
import { Confirm } from '../ui/Dialogs';
import { moment } from '../ui/format';
import { Loaded, Panel } from '../ui/Panel';
import { RowActions } from '../ui/RowActions';
import { StateLabel } from '../ui/StateLabel';
import { Teach } from '../ui/Teach';
import { budgetAmount, budgetName } from './budgets';

function stateOf(grant: BudgetGrant): 'ended' | 'over' | 'active' {
    return grant.revoked_at !== null ? 'ended' : Date.parse(grant.expires_at) < Date.now() ? 'over' : 'active';
}

/** What raises budgets for a time, the newest first. */
export function Grants() {
    const { may } = useSession();
    const client = useQueryClient();
    const [ending, setEnding] = useState<BudgetGrant | null>(null);
    const query = useQuery({ queryKey: ['budgets', 'grants'], queryFn: () => call('get /api/v1/budgets/grants') });
    const end = useMutation({
        mutationFn: (grant: BudgetGrant) =>
            call('delete /api/v1/budgets/grants/{grant}', { path: { grant: grant.id } }),
        onSuccess: () => {
            setEnding(null);
            void client.invalidateQueries({ queryKey: ['budgets'] });
        },
    });
    return (
        <Panel title="Raised for a time">
            <Loaded query={query} what="what raises budgets">
                {({ items }) =>
                    items.length === 0 ? (
                        <Teach
                            title="Nothing was raised"
                            command='gantry budget grant --team NAME --usd 500 --for 3d --reason "conference demo"'
                        >
                            A grant raises a budget until a day, with a reason that is kept; the limit itself stays.
                        </Teach>
                    ) : (
                        <DataTable
                            label="Raised for a time"
                            rows={items}
                            id={(grant) => grant.id}
                            columns={[
                                { title: 'Budget', cell: budgetName },
                                { title: 'By', cell: (grant) => budgetAmount(grant, grant.amount), numeric: true },
                                { title: 'Reason', cell: (grant) => grant.reason },
                                { title: 'Granted by', cell: (grant) => grant.granted_by },
                                { title: 'Until', cell: (grant) => moment(grant.revoked_at ?? grant.expires_at) },
                                { title: 'State', cell: (grant) => <StateLabel state={stateOf(grant)} /> },
                                {
                                    title: 'Actions',
                                    hiddenTitle: true,
                                    cell: (grant) => (
                                        <RowActions
                                            label={`the grant for ${budgetName(grant)}: ${grant.reason}`}
                                            actions={[
                                                may('budgets', 'update') &&
                                                    stateOf(grant) === 'active' && {
                                                        title: 'End now',
                                                        isDanger: true,
                                                        onClick: () => setEnding(grant),
                                                    },
                                            ]}
                                        />
                                    ),
                                },
                            ]}
                        />
                    )
                }
            </Loaded>
            {ending !== null && (
                <Confirm
                    title={`End the raise of ${budgetName(ending)}?`}
                    action="End now"
                    mutation={end}
                    onConfirm={() => end.mutate(ending)}
                    onClose={() => {
                        end.reset();
                        setEnding(null);
                    }}
                >
                    The limit alone holds from now on. What is spent beyond it already stops further requests at once.
                </Confirm>
            )}
        </Panel>
    );
}
