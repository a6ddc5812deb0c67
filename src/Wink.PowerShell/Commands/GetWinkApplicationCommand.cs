using System.Management.Automation;
using System.Runtime.CompilerServices;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Lists the applications of managing entities.</summary>
/// <remarks>
/// <para>
/// The objects bind to Invoke-WinkCredentialRotation, which then knows name and client id without reading the application again; one that
/// is older than five seconds it reads again all the same.
/// </para>
/// <para>They come out as they arrive, however many there are, and Select-Object -First ends the reading.</para>
/// <note>Needs the scope account.read. The secret of an application is never part of it: Wink shows it only when it is made.</note>
/// </remarks>
/// <input cref="WinkManagingEntity"/>
/// <input cref="object">Any object with the property ManagingEntityId, and ApplicationId where one application is meant.</input>
/// <example>
/// <title>Of one managing entity</title>
/// <code>Get-WinkApplication -ManagingEntityId travel-tech</code>
/// <para>Shows id, name and client id of each.</para>
/// </example>
/// <example>
/// <title>All that an application has</title>
/// <code>Get-WinkApplication travel-tech booking-engine | Format-List</code>
/// <para>Shows also its owner, scopes and redirect addresses.</para>
/// </example>
/// <example>
/// <title>What would be rotated?</title>
/// <code>Get-WinkManagingEntity | Get-WinkApplication -Name 'Booking*' | Invoke-WinkCredentialRotation -WhatIf</code>
/// <para>Says for each application whose name begins with Booking what a rotation would do.</para>
/// </example>
/// <seealso cref="GetWinkManagingEntityCommand"/>
/// <seealso cref="InvokeWinkCredentialRotationCommand"/>
/// <seealso>about_Wink</seealso>
[Cmdlet(VerbsCommon.Get, "WinkApplication")]
[OutputType(typeof(WinkApplication))]
public sealed class GetWinkApplicationCommand : ConnectedCmdlet
{
    /// <summary>The id of the managing entity that owns the applications. Tab completes it by id or name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(ManagingEntityCompleter))]
    public string ManagingEntityId { get; set; } = "";

    /// <summary>Only the application with this id. Tab completes it by id or name.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ApplicationCompleter))]
    public string? ApplicationId { get; set; }

    /// <summary>Only applications with one of these names. Wildcards are allowed; case doesn't matter.</summary>
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
                        Output.WriteObject(new WinkApplication(ManagingEntityId, Live, application, ApplicationId));
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
        yield return await Live.Client.GetApplicationAsync(reference, progress, cancellation);
    }
}
