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
    /// <summary>The plan, or why nothing may be rotated, in words, as a part of a sentence.</summary>
    /// <param name="one">An application.</param>
    /// <param name="other">Another one.</param>
    /// <param name="progress">Reports each request and delay.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="WinkException">An application could not be read, or IAM did not tell.</exception>
    public async Task<(SwitchPlan? Plan, string? Problem)> FindAsync(
        ApplicationReference one, ApplicationReference other, IProgress<WinkEvent> progress, CancellationToken cancellationToken)
    {
        var plan = SwitchPlan.Find(
            await ReadAsync(one, progress, cancellationToken),
            await ReadAsync(other, progress, cancellationToken),
            current.UserName,
            out var problem);
        problem ??= ProblemInHistory(one, other);
        if (plan is { Standby: { Id: { } id, ClientId: { } clientId } } &&
            connection.Client.IsOwn(new ApplicationReference(one.ManagingEntityId, id), clientId) is true)
        {
            problem ??= $"this session is signed in as the standby, application {id}: connect with -CurrentCredential, and switch then";
        }

        if (problem is null)
        {
            var credential = new ClientCredential(current.UserName, current.Password);
            if (!await connection.Client.TestCredentialAsync(credential, progress, cancellationToken))
                problem = "IAM refuses -CurrentCredential";
        }

        return (problem is null ? plan : null, problem);
    }

    private static bool Is(CredentialRotation rotation, ApplicationReference one, ApplicationReference other) =>
        one.HasId(rotation.ApplicationId) || other.HasId(rotation.ApplicationId);

    /// <summary>An application as its description counts: with the id that was asked for.</summary>
    private async Task<Application> ReadAsync(
        ApplicationReference reference, IProgress<WinkEvent> progress, CancellationToken cancellationToken)
    {
        var application = await connection.Client.GetApplicationAsync(reference, maximumWait, progress, cancellationToken);
        return ClientIdReading.Of(reference, application) is null
            ? new Application { Id = reference.ApplicationId }
            : application with { Id = reference.ApplicationId };
    }

    private string? ProblemInHistory(ApplicationReference one, ApplicationReference other)
    {
        var newest = connection.HistoriesOfProcess(history)
            .SelectMany(each => each.Rotations)
            .Where(rotation => rotation.Doubt is null && Is(rotation, one, other))
            .MaxBy(rotation => rotation.RotatedAt);
        return newest is null || ClientIdReading.AreSame(newest.ClientId, current.UserName) ? null
            : $"this process holds newer credentials, of application {newest.ApplicationId} (client ID " +
                $"{TerminalText.OneLine(newest.ClientId)}), " +
                (newest.Saved is true ? "which were saved, and -CurrentCredential is not those"
                    : newest.Verified is false ? "which IAM refused, and which were not saved"
                    : "which may not be saved yet");
    }
}
