BeforeDiscovery {
    # A small disk of one's own takes a mount namespace, which some containers forbid.
    $canMount = $IsLinux -and $(unshare -Urm true 2>&1 | Out-Null; $LASTEXITCODE -eq 0)
}

BeforeAll {
    Import-Module $PSScriptRoot/TestBed.psm1
    Import-Module (Get-BuiltModule)
    $sandbox = Start-Sandbox
    $null = New-SandboxApplication $sandbox travel-tech booking-engine -Scope account.read

    $holder = New-TestCertificate
    # Its public half in a file.
    $certificate = Join-Path $TestDrive escrow.pem
    Set-Content -LiteralPath $certificate -Value $holder.ExportCertificatePem()
    $target = @{ ManagingEntityId = 'travel-tech'; ApplicationId = 'booking-engine'; Confirm = $false }

    # What happens to the file while the rotation is in flight takes less time than this.
    $inFlight = @{ operation = 'Rotation'; delayMs = 1500; times = 1 }

    function Get-SmallDisk {
        # A command that runs another one with a disk of this size in place of the folder.
        param([string] $Size)
        'unshare', '-Urm', 'sh', '-c', "mount -t tmpfs -o size=$Size tmpfs `"`$0`" && exec `"`$@`"", $folder
    }
}

AfterAll {
    Stop-Sandbox $sandbox
}

Describe 'The escrow' {
    BeforeEach {
        Reset-Sandbox $sandbox
        Connect-Sandbox $sandbox
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive "$([guid]::NewGuid())")).FullName
        $escrow = @{ EscrowPath = $folder; EscrowCertificate = $holder }
        $quiet = @{ ErrorAction = 'SilentlyContinue'; ErrorVariable = 'failed' }
    }

    It 'holds the new credentials for the certificate''s holder alone, given as <As>' -ForEach @{ As = 'a file' }, @{ As = 'an object' } {
        $recipient = $As -eq 'a file' ? $certificate : $holder
        $null = Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $recipient

        $file = Get-ChildItem $folder
        $file | Should -HaveCount 1
        if (-not $IsWindows) { $file.UnixFileMode | Should -Be 'UserWrite, UserRead' }
        $valid = Get-ValidCredential $sandbox
        $file | Get-Content -Raw | Should -Not -Match ([regex]::Escape($valid.secret))
        $kept = Read-Escrow $folder $holder
        $kept.applicationId | Should -Be booking-engine
        $kept.clientId | Should -Be $valid.clientId
        $kept.secretKey | Should -BeExactly $valid.secret
    }

    It 'leaves no file where no credentials came' {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; status = 403; times = 1 }
        Invoke-WinkCredentialRotation @target @escrow -ErrorAction SilentlyContinue
        Invoke-WinkCredentialRotation @target @escrow -WhatIf
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    It 'sends nothing when <Why>' -ForEach @(
        @{ Why = 'its folder is missing'; Path = 'missing' }
        @{ Why = 'its path is no folder'; Path = 'escrow.pem' }
        if ($IsLinux) { @{ Why = 'its folder cannot be written to'; Path = '/proc' } }
    ) {
        $path = $Path.StartsWith('/') ? $Path : (Join-Path $TestDrive $Path)
        { Invoke-WinkCredentialRotation @target -EscrowPath $path -EscrowCertificate $holder -ErrorAction Stop } |
            Should -Throw '*nothing was sent*' -ErrorId 'EscrowUnavailable,Wink.PowerShell.InvokeWinkCredentialRotationCommand'
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }

    It 'on a disk of <Size>: <Then>' -Skip:(-not $canMount) -ForEach @(
        @{ Size = '8k'; Then = 'sends nothing, since there is no room'; Id = 'EscrowUnavailable'; Rotations = 0 }
        @{ Size = '64k'; Then = 'has taken its room before others fill the disk'; Id = $null; Rotations = 1 }
    ) {
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 3000; times = 1 }
        $copies = New-Item -ItemType Directory (Join-Path $TestDrive "$([guid]::NewGuid())")

        $text = Invoke-FreshPwsh -ConnectedTo $sandbox -Through (Get-SmallDisk $Size) {
            param($Folder, $Certificate, $Copies)
            $filling = Start-ThreadJob {
                Start-Sleep 1
                dd if=/dev/zero of="$using:Folder/filler" 2> $null
                (Get-Item $using:Folder/filler).Length
            }
            $rotate = @{ Confirm = $false; EscrowPath = $Folder; EscrowCertificate = $Certificate; ErrorAction = 'SilentlyContinue' }
            Invoke-WinkCredentialRotation travel-tech booking-engine @rotate -ErrorVariable failed |
                ForEach-Object { Copy-Item $Folder/*.cms $Copies }
            $failed.FullyQualifiedErrorId
            $filling | Receive-Job -Wait
        } $folder, $certificate, $copies

        Get-SandboxRequest $sandbox Rotation | Should -HaveCount $Rotations
        if ($Id) { $text | Should -BeLike "*$Id,*" }
        else {
            [int] ($text.Trim() -split '\n')[-1] | Should -BeLessThan 64kb
            (Read-Escrow $copies $holder).secretKey | Should -BeExactly (Get-ValidCredential $sandbox).secret
        }
    }

    It 'wants both its parameters, and a certificate that can be found' {
        { Invoke-WinkCredentialRotation @target -EscrowPath $folder } | Should -Throw '*go together*'
        $elliptic = [Security.Cryptography.X509Certificates.CertificateRequest]::new(
            'CN=made-up elliptic', [Security.Cryptography.ECDsa]::Create(), [Security.Cryptography.HashAlgorithmName]::SHA256
        ).CreateSelfSigned([DateTimeOffset]::UtcNow, [DateTimeOffset]::UtcNow.AddDays(1))
        { Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $elliptic } | Should -Throw '*no RSA key*'
        { Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate ('0' * 40) } |
            Should -Throw '*There is no certificate*'
        { Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate (Join-Path $TestDrive none.cer) } |
            Should -Throw '*cannot be read*'
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }

    It 'takes a certificate that Unprotect-CmsMessage takes: <Kind>' -ForEach @(
        @{ Kind = 'key usage KeyEncipherment'; With = @{ Usage = 'KeyEncipherment' } }
        @{ Kind = 'key usage DataEncipherment'; With = @{ Usage = 'DataEncipherment' } }
        @{ Kind = 'Document Encryption among others'; With = @{ Purpose = '1.3.6.1.5.5.7.3.1', '1.3.6.1.4.1.311.80.1' } }
        @{ Kind = 'expired'; With = @{ FromDay = -9 } }
        @{ Kind = 'not valid yet'; With = @{ FromDay = 9 } }
    ) {
        $one = New-TestCertificate @With
        $null = Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $one -ErrorAction Stop

        (Read-Escrow $folder $one).secretKey | Should -BeExactly (Get-ValidCredential $sandbox).secret
    }

    It 'refuses a certificate that Unprotect-CmsMessage refuses, and says what it needs: <Kind>' -ForEach @(
        @{ Kind = 'no extensions'; With = @{ Usage = ''; Purpose = @() }; Says = 'enhanced key usage Document Encryption' }
        @{ Kind = 'no enhanced key usage'; With = @{ Purpose = @() }; Says = 'enhanced key usage Document Encryption' }
        @{ Kind = 'for a server'; With = @{ Purpose = '1.3.6.1.5.5.7.3.1' }; Says = 'enhanced key usage Document Encryption' }
        @{ Kind = 'for any purpose'; With = @{ Purpose = '2.5.29.37.0' }; Says = 'enhanced key usage Document Encryption' }
        @{ Kind = 'no key usage'; With = @{ Usage = '' }; Says = 'key usage KeyEncipherment or DataEncipherment' }
        @{ Kind = 'for signatures'; With = @{ Usage = 'DigitalSignature' }; Says = 'key usage KeyEncipherment or DataEncipherment' }
        @{ Kind = 'for key agreement'; With = @{ Usage = 'KeyAgreement' }; Says = 'key usage KeyEncipherment or DataEncipherment' }
    ) {
        $one = New-TestCertificate @With
        { 'made-up' | Protect-CmsMessage -To $one -ErrorAction Stop } | Should -Throw -ErrorId 'CertificateCannotBeUsedForEncryption,*'
        { Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $one } |
            Should -Throw "*has no $Says*It needs an RSA key*New-SelfSignedCertificate -Type DocumentEncryptionCert*"
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }

    It 'sends nothing when nothing can be encrypted to the certificate' {
        # It says that its key is RSA, and it isn't.
        $signer = [Security.Cryptography.RSA]::Create(2048)
        $rsa = [Security.Cryptography.Oid]::new('1.2.840.113549.1.1.1')
        $broken = [Security.Cryptography.X509Certificates.PublicKey]::new(
            $rsa, [Security.Cryptography.AsnEncodedData]::new([byte[]] (5, 0)),
            [Security.Cryptography.AsnEncodedData]::new([byte[]] (0x30, 6, 2, 1, 5, 2, 1, 3)))
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=made-up', $broken, 'SHA256')
        foreach ($extension in $holder.Extensions) { $request.CertificateExtensions.Add($extension) }
        $generator = [Security.Cryptography.X509Certificates.X509SignatureGenerator]::CreateForRSA(
            $signer, [Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $one = $request.Create(
            'CN=made-up', $generator, [DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(1), [byte[]] (1, 2, 3))

        { Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate $one -ErrorAction Stop } |
            Should -Throw '*booking-engine*nothing was sent*' -ErrorId 'EscrowUnavailable,*'
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
        Get-ChildItem $folder | Should -BeNullOrEmpty
    }

    Context 'in a pwsh that may open few files' -Skip:$IsWindows {
        BeforeAll {
            # It has nothing loaded yet: where its cache is empty, nothing is preloaded.
            $fewFiles = @{
                ConnectedTo = $sandbox
                Environment = @{ XDG_CACHE_HOME = Join-Path $TestDrive "$([guid]::NewGuid())" }
                Through     = 'sh', '-c', 'ulimit -n 300; exec "$@"', 'sh'
            }
        }

        It 'needs no file descriptor and no library once it is reserved' {
            Add-SandboxFault $sandbox $inFlight

            $text = Invoke-FreshPwsh @fewFiles {
                param($Folder, $Certificate)
                $held = [Collections.Generic.List[object]]::new()
                $taking = Start-ThreadJob -ArgumentList $held, $Folder {
                    param($Held, $Folder)
                    while (-not (Get-ChildItem $Folder)) { Start-Sleep -Milliseconds 20 }
                    Start-Sleep -Milliseconds 500
                    try { while ($true) { $Held.Add([IO.File]::OpenHandle('/dev/null')) } } catch { }
                }
                $rotate = @{ Confirm = $false; EscrowPath = $Folder; EscrowCertificate = $Certificate; ErrorAction = 'SilentlyContinue' }
                $rotations = @(Invoke-WinkCredentialRotation travel-tech booking-engine @rotate -ErrorVariable failed)
                $taken = $held.Count
                foreach ($one in $held) { $one.Dispose() }
                "rotated $($rotations.Count), taken $taken, errors $($failed.FullyQualifiedErrorId)."
            } $folder, $certificate

            $text | Should -BeLike '*rotated 1, taken ??*errors .*'
            (Read-Escrow $folder $holder).secretKey | Should -BeExactly (Get-ValidCredential $sandbox).secret
        }

        It 'sends nothing where <Left> file descriptors are too few to encrypt' -ForEach @{ Left = 2 }, @{ Left = 3 } {
            $text = Invoke-FreshPwsh @fewFiles {
                param($Folder, $Certificate, [int] $Left)
                # What reads the certificate is loaded before: without it, the parameter itself is refused.
                $escrow = @{ EscrowPath = $Folder; EscrowCertificate = $Certificate }
                Invoke-WinkCredentialRotation travel-tech booking-engine @escrow -WhatIf
                $held = [Collections.Generic.List[object]]::new()
                try { while ($true) { $held.Add([IO.File]::OpenHandle('/dev/null')) } } catch { }
                foreach ($one in 1..$Left) { $held[-1].Dispose(); $held.RemoveAt($held.Count - 1) }
                $rotate = @{ Confirm = $false; EscrowPath = $Folder; EscrowCertificate = $Certificate; ErrorAction = 'SilentlyContinue' }
                try { $rotations = @(Invoke-WinkCredentialRotation travel-tech booking-engine @rotate -ErrorVariable failed) }
                catch { "thrown: $($_.Exception)" }
                $taken = $held.Count
                foreach ($one in $held) { $one.Dispose() }
                "rotated $($rotations.Count), taken $taken, errors $($failed.FullyQualifiedErrorId)."
            } $folder, $certificate, $Left

            $text | Should -BeLike '*rotated 0, taken ??*errors EscrowUnavailable,*'
            Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
            Get-ChildItem $folder | Should -BeNullOrEmpty
        }
    }

    It 'sends nothing and writes nothing for a path that is none of the file system: <Path>' -ForEach @(
        @{ Path = 'Env:' }
        @{ Path = 'Env:escrow' }
        @{ Path = 'Variable:' }
        @{ Path = '.'; From = 'Env:' }
        @{ Path = 'made-up-drive:escrow' }
        @{ Path = 'made-up-provider::escrow' }
    ) {
        $null = New-Item -ItemType Directory $folder/escrow
        Push-Location $folder
        $current = [Environment]::CurrentDirectory
        try {
            # What such a path is without its drive is looked for in the folder of the process.
            [Environment]::CurrentDirectory = $folder
            if ($From) { Set-Location $From }
            $null = Invoke-WinkCredentialRotation @target -EscrowPath $Path -EscrowCertificate $holder @quiet
        }
        finally {
            [Environment]::CurrentDirectory = $current
            Pop-Location
        }
        $failed.FullyQualifiedErrorId | Should -BeLike 'EscrowUnavailable,*'
        $failed.TargetObject.ApplicationId | Should -Be booking-engine
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
        Get-ChildItem $folder -Recurse -File | Should -BeNullOrEmpty
    }

    It 'takes no certificate from a path that is none of the file system' {
        $current = [Environment]::CurrentDirectory
        try {
            [Environment]::CurrentDirectory = $TestDrive
            { Invoke-WinkCredentialRotation @target -EscrowPath $folder -EscrowCertificate Env:escrow.pem } |
                Should -Throw '*provider Environment, not of the file system*'
        }
        finally { [Environment]::CurrentDirectory = $current }
        Get-SandboxRequest $sandbox Rotation | Should -BeNullOrEmpty
    }

    It 'stays in one folder, wherever the rest of the pipeline goes' {
        $batch = New-Batch $sandbox 2
        $null = New-Item -ItemType Directory $folder/escrow, $folder/elsewhere/escrow
        Push-Location $folder
        try {
            $batch | Invoke-WinkCredentialRotation -Confirm:$false -EscrowPath escrow -EscrowCertificate $holder |
                ForEach-Object { Set-Location $folder/elsewhere }
        }
        finally { Pop-Location }

        Get-ChildItem $folder/escrow | Should -HaveCount 2
    }

    It 'returns the credentials, then an error, when its room was taken on the way' -Skip:(-not $canMount) {
        # Late enough for the disk to be full by then, however busy the machine is.
        Add-SandboxFault $sandbox @{ operation = 'Rotation'; delayMs = 5000; times = 1 }

        $text = Invoke-FreshPwsh -ConnectedTo $sandbox -Through (Get-SmallDisk 64k) {
            param($Folder, $Certificate)
            $filling = Start-ThreadJob {
                while (-not ($file = Get-Item $using:Folder/*.cms)) { Start-Sleep -Milliseconds 20 }
                Start-Sleep -Milliseconds 500
                truncate -s 0 $file.FullName
                dd if=/dev/zero of="$using:Folder/filler" 2> $null
            }
            $rotate = @{ Confirm = $false; EscrowPath = $Folder; EscrowCertificate = $Certificate; ErrorAction = 'SilentlyContinue' }
            $rotations = @(Invoke-WinkCredentialRotation travel-tech booking-engine @rotate -ErrorVariable failed)
            "rotated $($rotations.Count), errors $($failed.FullyQualifiedErrorId)."
        } $folder, $certificate

        $text | Should -BeLike '*rotated 1, errors EscrowFailed,*'
    }

    It 'outlives a process that is killed right after the response' {
        $text = Invoke-FreshPwsh -ConnectedTo $sandbox {
            param($Folder, $Certificate)
            Invoke-WinkCredentialRotation travel-tech booking-engine -Confirm:$false -EscrowPath $Folder -EscrowCertificate $Certificate |
                ForEach-Object { [Diagnostics.Process]::GetCurrentProcess().Kill() }
            'still running'
        } $folder, $certificate

        $text | Should -Not -BeLike '*still running*'
        (Read-Escrow $folder $holder).secretKey | Should -BeExactly (Get-ValidCredential $sandbox).secret
    }
}
