using System.Management.Automation;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>Lists the applications of managing entities.</summary>
/// <remarks>
/// <para>
/// The objects bind to Invoke-WinkCredentialRotation, which then knows name and client id without reading the application again; one that
/// is older than a minute it reads again all the same.
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
