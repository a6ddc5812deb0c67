using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Finds the standby of two applications: the one that the credentials in use do not belong to.</summary>
/// <param name="connection">The connection that they are read over.</param>
/// <param name="history">The history of the runspace.</param>
/// <param name="current">The credentials in use.</param>
/// <param name="maximumWait">The longest time that is waited at once when Wink's rate limit is reached.</param>
internal sealed class StandbyFinder(LiveConnection connection, RotationHistory history, PSCredential current, TimeSpan maximumWait)
{
    /// <summary>The plan, or why nothing may be rotated.</summary>
    /// <param name="one">An application.</param>
    /// <param name="other">Another one.</param>
    /// <param name="progress">Reports each request and delay.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="WinkException">An application could not be read, or IAM did not tell.</exception>
    public async Task<(SwitchPlan? Plan, SwitchProblem? Problem)> FindAsync(
        ApplicationReference one, ApplicationReference other, IProgress<WinkEvent> progress, CancellationToken cancellationToken)
    {
        var plan = SwitchPlan.Find(
            await ReadAsync(one, progress, cancellationToken),
            await ReadAsync(other, progress, cancellationToken),
            current.UserName,
            out var problem);
        problem ??= plan is null ? null : NewerCredentials(plan, one, other);
        if (plan is { Standby: { Id: { } id, ClientId: { } clientId } } &&
            connection.Client.IsOwn(new ApplicationReference(one.ManagingEntityId, id), clientId) is true)
        {
            problem ??= new SwitchProblem(
                $"this session is signed in as the standby, application {id}",
                "Connect with the credentials that are in use: Connect-Wink -Credential, with what -CurrentCredential has. Then switch.");
        }

        if (problem is null)
        {
            var credential = new ClientCredential(current.UserName, current.Password);
            if (!await connection.Client.TestCredentialAsync(credential, progress, cancellationToken))
            {
                problem = new SwitchProblem(
                    "IAM refuses -CurrentCredential",
                    "Its client ID is right, and its secret is not, or it was rotated a moment ago. Read it again from where consumers " +
                    "read it. Where nobody has valid credentials, rotate one of the two with Invoke-WinkCredentialRotation and save what " +
                    "it returns.");
            }
        }

        return (problem is null ? plan : null, problem);
    }

    /// <summary>An application as its description counts: with the id that was asked for.</summary>
    private async Task<Application> ReadAsync(
        ApplicationReference reference, IProgress<WinkEvent> progress, CancellationToken cancellationToken)
    {
        var application = await connection.Client.GetApplicationAsync(reference, maximumWait, progress, cancellationToken);
        return ClientIdReading.Of(reference, application) is null
            ? new Application { Id = reference.ApplicationId }
            : application with { Id = reference.ApplicationId };
    }

    private SwitchProblem? NewerCredentials(SwitchPlan plan, ApplicationReference one, ApplicationReference other)
    {
        var (standby, inUse) = one.HasId(plan.Standby.Id) ? (one, other) : (other, one);
        if (connection.Client.FindNewer(standby, inUse, current.UserName) is not var (clientId, isSaved))
            return null;

        var newer = connection.HistoriesFor(history)
            .SelectMany(each => each.Rotations)
            .LastOrDefault(rotation => standby.HasId(rotation.ApplicationId) && ClientIdReading.AreSame(rotation.ClientId, clientId));
        return new SwitchProblem(
            $"this process{(newer is null ? ", in another runspace," : "")} received newer credentials, of application " +
            $"{standby.ApplicationId} (client ID {TerminalText.OneLine(clientId)}), " +
            (isSaved ? "which were saved, and -CurrentCredential is not those"
                : newer is { Verified: false } ? "which IAM refused, and which were not saved"
                : "which may not be saved yet"),
            (isSaved
                ? "Read -CurrentCredential again from where consumers read it. Where it should be those credentials, save them there: "
                : "Try those credentials with Test-WinkCredential, and save them if they are accepted: ") +
            "Get-WinkCredentialRotation returns them in the runspace that received them, or with -Connection. If they are of no use, " +
            $"Clear-WinkCredentialRotation {standby.ApplicationId} lets the switch go on, also after that runspace has ended.");
    }
}
