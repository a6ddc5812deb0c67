using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;
using Wink.Client;

namespace Wink.PowerShell;

/// <summary>The folder for encrypted copies of new credentials, and the certificate that they are encrypted to.</summary>
/// <param name="paths">Resolves paths.</param>
/// <param name="path">The folder, as the person gave it.</param>
/// <param name="recipient">The certificate that the copies are encrypted to.</param>
internal sealed class EscrowFolder(PathIntrinsics paths, string path, X509Certificate2 recipient)
{
    // A relative path is relative to the location before the first rotation: a later command in the pipeline may change the location.
    private string? _folder;

    /// <summary>The folder, as the person gave it.</summary>
    public string Path => path;

    /// <inheritdoc cref="EscrowFile.Reserve"/>
    public EscrowFile Reserve(ApplicationReference reference, Application application, LiveConnection connection)
    {
        _folder ??= FileSystemPath.Of(paths, path);
        return EscrowFile.Reserve(_folder, recipient, reference, application, connection);
    }
}
