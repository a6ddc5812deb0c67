using System.Management.Automation;
using System.Runtime.CompilerServices;
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
            Run(async (progress, cancellation) =>
            {
                await foreach (var application in ReadAsync(progress, cancellation))
                {
                    if (names.Any(name => name.IsMatch(application.Name ?? "")))
                        Output.WriteObject(new WinkApplication(ManagingEntityId, Live, application));
                }
            });
        }
        catch (ArgumentException invalid)
        {
            WriteErrorNow(WinkErrors.InvalidArgument(invalid, ManagingEntityId));
        }
        catch (WinkException failure)
        {
            var what = ApplicationId is null
                ? $"applications of managing entity {ManagingEntityId}"
                : $"application {ApplicationId} of managing entity {ManagingEntityId}";
            WriteErrorNow(WinkErrors.NotRead(failure, what, ApplicationId ?? ManagingEntityId));
        }
    }

    private IAsyncEnumerable<Application> ReadAsync(IProgress<WinkEvent> progress, CancellationToken cancellation) => ApplicationId is null
        ? Live.Client.ListApplicationsAsync(ManagingEntityId, progress, cancellation)
        : ReadOneAsync(new ApplicationReference(ManagingEntityId, ApplicationId), progress, cancellation);

    private async IAsyncEnumerable<Application> ReadOneAsync(
        ApplicationReference reference, IProgress<WinkEvent> progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var application = await Live.Client.GetApplicationAsync(reference, progress, cancellation);
        yield return application with { Id = application.Id ?? reference.ApplicationId };
    }
}
