using System.Management.Automation;

namespace Wink.PowerShell;

/// <summary>Finds applications by name or id, or lists all.</summary>
/// <remarks>
/// <para>
/// Without -ManagingEntityId the applications of all managing entities are read, one request for each, and each application comes out once.
/// With it, only those of these managing entities are.
/// </para>
/// <para>
/// A name without wildcards, or an id, that no application has is an error ApplicationNotFound, once all that could have it was read.
/// </para>
/// <para>
/// The objects bind to Invoke-WinkCredentialRotation, which then knows name and client ID without reading the application again; one that
/// is older than five seconds it reads again all the same.
/// </para>
/// <para>They come out as they arrive, however many there are, and Select-Object -First ends the reading.</para>
/// <note>Needs the scope account.read. The secret of an application is never part of it: Wink shows it only when it is made.</note>
/// </remarks>
/// <input cref="WinkManagingEntity"/>
/// <input cref="object">Any object with the property ManagingEntityId, and ApplicationId where one application is meant.</input>
/// <returns>
/// The applications: ApplicationId (or Id), ManagingEntityId, Name, ClientId, Scopes, OwnerId, OwnerName, RedirectUris,
/// PostLogoutRedirectUris, UserId, IconId.
/// </returns>
/// <example>
/// <title>By name</title>
/// <code>Get-WinkApplication 'Booking*'</code>
/// <para>Shows the applications whose name begins with Booking, of all managing entities.</para>
/// </example>
/// <example>
/// <title>Of one managing entity</title>
/// <code>Get-WinkApplication -ManagingEntityId travel-tech</code>
/// <para>Shows id, name and client ID of each.</para>
/// </example>
/// <example>
/// <title>All that an application has</title>
/// <code>Get-WinkApplication -ApplicationId booking-engine | Format-List</code>
/// <para>Shows also its owner, scopes and redirect addresses.</para>
/// </example>
/// <example>
/// <title>What would be rotated?</title>
/// <code>Get-WinkApplication 'Booking*' | Invoke-WinkCredentialRotation -WhatIf</code>
/// <para>Says for each application whose name begins with Booking what a rotation would do.</para>
/// </example>
/// <seealso cref="GetWinkManagingEntityCommand"/>
/// <seealso cref="InvokeWinkCredentialRotationCommand"/>
/// <seealso>about_Wink</seealso>
[Cmdlet(VerbsCommon.Get, "WinkApplication")]
[OutputType(typeof(WinkApplication))]
public sealed class GetWinkApplicationCommand : ConnectedCmdlet
{
    private ApplicationFinder? _finder;

    /// <summary>Only applications with one of these names. Wildcards are allowed; case doesn't matter. Tab completes it.</summary>
    [Parameter(Position = 0)]
    [TextListTransformation]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ApplicationNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>
    /// Only applications of the managing entities with these ids; without it, those of all. Tab completes it by id or name.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [TextListTransformation(TakesManagingEntities = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ManagingEntityCompleter))]
    public string[]? ManagingEntityId { get; set; }

    /// <summary>Only the applications with these ids. Tab completes it by id or name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [TextListTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ApplicationCompleter))]
    public string[]? ApplicationId { get; set; }

    private ApplicationFinder Finder => _finder ?? throw new InvalidOperationException("BeginProcessing makes the finder.");

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        // For all managing entities that come by the pipeline, not for each.
        _finder = new ApplicationFinder(Live, Output, Name, MyInvocation.ExpectingInput ? ApplicationId : null);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        Run((progress, cancellation) => Finder.FindAsync(ManagingEntityId, ApplicationId, progress, cancellation));

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Finder.WriteNotFound();
        base.EndProcessing();
    }
}
