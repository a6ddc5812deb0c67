using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Lists the applications of managing entities, ready to be piped to Invoke-WinkCredentialRotation.</summary>
[Cmdlet(VerbsCommon.Get, "WinkApplication")]
[OutputType(typeof(WinkApplication))]
public sealed class GetWinkApplicationCommand : ConnectedCmdlet
{
    /// <summary>The id of the managing entity that owns the applications.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ManagingEntityCompleter))]
    public string ManagingEntityId { get; set; } = "";

    /// <summary>Only the application with this id.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ApplicationCompleter))]
    public string? ApplicationId { get; set; }

    /// <summary>Only applications with one of these names.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var names = Name.Select(name => new WildcardPattern(name, WildcardOptions.IgnoreCase)).ToArray();
        try
        {
            AwaitEach((write, progress, cancellation) => ReadAsync(
                application =>
                {
                    if (names.Any(name => name.IsMatch(application.Name ?? "")))
                        write(new WinkApplication(ManagingEntityId, Connection, application));
                },
                progress,
                cancellation));
        }
        catch (ArgumentException invalid)
        {
            FailNow(WinkErrors.InvalidArgument(invalid, ManagingEntityId));
        }
        catch (WinkException failure)
        {
            var what = ApplicationId is null ? $"applications of managing entity {ManagingEntityId}" : $"application {ApplicationId} of managing entity {ManagingEntityId}";
            FailNow(WinkErrors.NotRead(failure, what, ApplicationId ?? ManagingEntityId));
        }
    }

    private async Task ReadAsync(Action<Application> receive, IProgress<WinkEvent> progress, CancellationToken cancellation)
    {
        if (ApplicationId is null)
            await Client.ListApplicationsAsync(ManagingEntityId, receive, progress, cancellation).ConfigureAwait(false);
        else
            receive(await ReadOneAsync(new ApplicationReference(ManagingEntityId, ApplicationId), progress, cancellation).ConfigureAwait(false));
    }

    private async Task<Application> ReadOneAsync(ApplicationReference reference, IProgress<WinkEvent> progress, CancellationToken cancellation)
    {
        var application = await Client.GetApplicationAsync(reference, progress, cancellation).ConfigureAwait(false);
        return application with { Id = application.Id ?? reference.ApplicationId };
    }
}
